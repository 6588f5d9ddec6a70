import React, {useCallback, useMemo, useState} from 'react';
import type {ComponentType} from 'react';
import type {Client} from 'src/client';
import {Accounts} from 'src/components/accounts/accounts';
import {Costs} from 'src/components/costs/costs';
import {Failure} from 'src/components/form/form';
import {useFresh} from 'src/components/form/use_fresh';
import {useLoad} from 'src/components/form/use_task';
import {Health} from 'src/components/health/health';
import {Plans} from 'src/components/plans/plans';
import {Queues} from 'src/components/queues/queues';
import {Templates} from 'src/components/templates/templates';
import {useText} from 'src/i18n/use_text';
import {Mattermost} from 'src/rest/mattermost';
import {Rest} from 'src/rest/rest';
import type {CustomSettingProps} from 'src/types/mattermost_webapp';

import {SharedContext} from './context';
import type {Section, Shared} from './context';
import {progress} from './progress';
import {SetupSteps} from './setup_steps';
import {Tabs} from './tabs';

import './administration.css';

const bodies: Record<Section, ComponentType> = {
    accounts: Accounts,
    queues: Queues,
    templates: Templates,
    plans: Plans,
    costs: Costs,
    health: Health,
};

/** The component to register: the System Console gives no client. */
export function administration(client: Client): ComponentType<CustomSettingProps> {
    const rest = new Rest(client);
    const mattermost = new Mattermost(client);
    return (props: CustomSettingProps) => (
        <Administration
            rest={rest}
            mattermost={mattermost}
            disabled={props.disabled}
        />
    );
}

type Props = {rest: Rest; mattermost: Mattermost; disabled?: boolean};

/** Our part of the plugin's page in the System Console: one section at a time, and above them what is still to be set up. */
export const Administration = ({rest, mattermost, disabled = false}: Props) => {
    const t = useText();
    const [section, setSection] = useState<Section>('accounts');

    // Counts how often somebody was led to a section, which then takes the focus.
    const [led, setLed] = useState(0);
    const {value, failure, reload} = useLoad(async () => {
        const [accounts, queues, plans] = await Promise.all([rest.accounts(), rest.queues(), rest.plans()]);
        const done = await progress(rest, accounts, queues, plans);
        return {accounts, queues, plans, done};
    }, [rest]);
    useFresh(reload);

    const lead = useCallback((to: Section) => {
        setSection(to);
        setLed((times) => times + 1);
    }, []);

    const shared = useMemo<Shared | null>(
        () => (value ? {...value, rest, mattermost, disabled, reload, open: lead} : null),
        [value, rest, mattermost, disabled, reload, lead],
    );
    const Body = bodies[section];

    return (
        <div className='WhatsappAtivoAdmin'>
            <Failure text={failure}/>
            {!shared && !failure && <p role='status'>{t('whatsapp-ativo.admin.loading')}</p>}
            {shared && value && (
                <SharedContext.Provider value={shared}>
                    <SetupSteps
                        done={value.done}
                        onOpen={lead}
                    />
                    <Tabs
                        section={section}
                        led={led}
                        onOpen={setSection}
                    >
                        <Body/>
                    </Tabs>
                </SharedContext.Provider>
            )}
        </div>
    );
};
