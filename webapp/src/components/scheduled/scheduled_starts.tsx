import React, {useEffect, useId, useState} from 'react';
import {useSelector} from 'react-redux';
import {Check} from 'src/components/shared/fields';
import {Loading} from 'src/components/shared/loading';
import {Pager} from 'src/components/shared/pager';
import {useLoad} from 'src/components/shared/use_load';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';
import {Throttle} from 'src/state/throttle';

import type {GlobalState} from '@mattermost/types/store';

import {ScheduledList} from './scheduled_list';
import styles from './scheduled_list.module.css';

const perPage = 50;

/** What is scheduled and what of it failed: the reader's own, and that of the queues that they supervise. */
export const ScheduledStarts = () => {
    const t = useText();
    const id = useId();
    const {api, changeFeed} = useServices();
    const me = useSelector(({entities}: GlobalState) => entities.users.currentUserId);
    const [mine, setMine] = useState(false);
    const [page, setPage] = useState(0);
    const {value, failure, reload} = useLoad(() => api.scheduled({mine: mine ? '1' : '', page, per_page: perPage}), [api, mine, page]);

    useEffect(() => {
        const throttle = new Throttle(reload, 150, 2000);
        const unsubscribe = changeFeed.subscribe(throttle.request);
        return () => {
            unsubscribe();
            throttle.cancel();
        };
    }, [changeFeed, reload]);

    return (
        <section aria-labelledby={id}>
            <h2
                id={id}
                className={styles.title}
            >
                {t('whatsapp-ativo.scheduled.title')}
            </h2>
            {!value || failure ? <Loading failure={failure}/> : (
                <>
                    {(mine || value.items.some((item) => item.owner_id !== me)) && (
                        <Check
                            label={t('whatsapp-ativo.scheduled.mine')}
                            checked={mine}
                            onChange={(only) => {
                                setMine(only);
                                setPage(0);
                            }}
                        />
                    )}
                    {value.total === 0 && <p role='status'>{t('whatsapp-ativo.scheduled.none')}</p>}
                    <ScheduledList
                        items={value.items}
                        supervised={true}
                        onChanged={reload}
                    />
                    <Pager
                        page={page}
                        perPage={perPage}
                        total={value.total}
                        onPage={setPage}
                    />
                </>
            )}
        </section>
    );
};
