import React, {useEffect, useMemo} from 'react';
import type {ComponentType} from 'react';
import {Results} from 'src/components/results/results';
import {Failure} from 'src/components/shared/failure';
import {errorText} from 'src/components/shared/use_action';
import {useRefresh} from 'src/components/shared/use_refresh';
import {useText} from 'src/i18n/use_text';
import {ServicesContext, useServices} from 'src/services';
import {ConsolePage} from 'src/state/console_page';
import type {Section} from 'src/state/console_page';
import {useStore} from 'src/state/store';
import type {CustomSettingProps} from 'src/types/mattermost_webapp';

import {Accounts} from './accounts/accounts';
import styles from './admin.module.css';
import {Costs} from './costs/costs';
import {Events} from './events/events';
import {Health} from './health/health';
import {Plans} from './plans/plans';
import {Queues} from './queues/queues';
import {SectionTabs} from './section_tabs';
import {SetupSteps} from './setup_steps';
import {Templates} from './templates/templates';

const bodies: Record<Section, ComponentType> = {
    accounts: Accounts,
    queues: Queues,
    templates: Templates,
    plans: Plans,
    costs: Costs,
    results: Results,
    events: Events,
    health: Health,
};

/** Our part of the plugin's page in the System Console. Its state begins anew each time the page is opened. */
export const Console = ({disabled = false}: CustomSettingProps) => {
    const services = useServices();
    const page = useMemo(() => new ConsolePage(services.adminApi), [services]);
    const withConsole = useMemo(() => ({...services, console: {page, readOnly: disabled}}), [services, page, disabled]);
    return (
        <ServicesContext.Provider value={withConsole}>
            <Sections page={page}/>
        </ServicesContext.Provider>
    );
};

/** One section at a time, and above it what is still to be set up. */
const Sections = ({page}: {page: ConsolePage}) => {
    const t = useText();
    const {section, navigated, data, failure} = useStore(page.state);
    const Body = bodies[section];

    useEffect(() => {
        page.reload();
    }, [page]);
    useRefresh(page.reload);

    return (
        <div className={styles.root}>
            <Failure text={failure ? errorText(failure, t) : ''}/>
            {!data && !failure && <p role='status'>{t('whatsapp-ativo.admin.loading')}</p>}
            {data && (
                <>
                    <SetupSteps
                        done={data.done}
                        onOpen={page.navigate}
                    />
                    <SectionTabs
                        section={section}
                        navigated={navigated}
                        onOpen={page.open}
                    >
                        <Body/>
                    </SectionTabs>
                </>
            )}
        </div>
    );
};
