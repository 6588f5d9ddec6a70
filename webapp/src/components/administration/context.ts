import {createContext, useContext} from 'react';
import type {Mattermost} from 'src/rest/mattermost';
import type {Rest} from 'src/rest/rest';
import type {Account, Plan, Queue} from 'src/rest/types';

/** What all sections of the console share. */
export type Shared = {
    rest: Rest;
    mattermost: Mattermost;

    /** The reader may look, not change. */
    disabled: boolean;
    accounts: Account[];
    queues: Queue[];
    plans: Plan[];

    /** Reads the lists again; the section that changed something calls it. */
    reload: () => Promise<void>;
    open: (section: Section) => void;
};

export const sections = ['accounts', 'queues', 'templates', 'plans', 'costs', 'health'] as const;

export type Section = typeof sections[number];

export const SharedContext = createContext<Shared | null>(null);

export function useShared(): Shared {
    const shared = useContext(SharedContext);
    if (!shared) {
        throw new Error('a section needs the administration around it');
    }
    return shared;
}
