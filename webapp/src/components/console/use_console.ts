import {useServices} from 'src/services';
import {useStore} from 'src/state/store';

/** What the sections of the console share: the lists, how to read them again, and the APIs. */
export function useConsole() {
    const {adminApi, mattermost, console} = useServices();
    if (!console) {
        throw new Error('a section was rendered outside of the console');
    }
    const {data} = useStore(console.page.state);
    if (!data) {
        throw new Error('a section was rendered before its lists were read');
    }
    const {reload, navigate} = console.page;
    return {...data, adminApi, mattermost, readOnly: console.readOnly, reload, navigate};
}
