import React from 'react';
import {NothingHere} from 'src/components/console/nothing_here';
import {ResourceList} from 'src/components/console/resource_list';
import {useConsole} from 'src/components/console/use_console';
import {Failure} from 'src/components/shared/failure';
import {useLoad} from 'src/components/shared/use_load';
import {useRefresh} from 'src/components/shared/use_refresh';
import {useText} from 'src/i18n/use_text';

import {SubscriptionCard} from './subscription_card';
import {SubscriptionForm} from './subscription_form';

/** Integrações: where other software is told of what happens. */
export const Events = () => {
    const t = useText();
    const {adminApi} = useConsole();
    const {value, failure, reload} = useLoad(() => adminApi.subscriptions(), [adminApi]);
    useRefresh(reload);

    return (
        <>
            <Failure text={failure}/>
            {value && (
                <ResourceList
                    intro={t('whatsapp-ativo.admin.events.intro')}
                    add={t('whatsapp-ativo.admin.events.add')}
                    empty={<NothingHere text={t('whatsapp-ativo.admin.events.empty')}/>}
                    items={value}
                    form={(subscription, close) => (
                        <SubscriptionForm
                            subscription={subscription}
                            onSaved={async () => {
                                await reload();
                                close();
                            }}
                            onCancel={close}
                        />
                    )}
                    card={(subscription, edit) => (
                        <SubscriptionCard
                            subscription={subscription}
                            onEdit={edit}
                            onChanged={reload}
                        />
                    )}
                />
            )}
        </>
    );
};
