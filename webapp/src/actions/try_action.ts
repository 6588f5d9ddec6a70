import type {MessageKey} from 'src/i18n';
import {errorNotice} from 'src/state/notice';
import type {Notice} from 'src/state/notice';
import type {Store} from 'src/state/store';

/** Does something and returns whether it succeeded; where it did not, a notice with the given title says why. */
export type TryAction = (action: () => Promise<unknown>, failed: MessageKey) => Promise<boolean>;

/**
 * Returns the function that runs what buttons do. Only one action runs at a time, and a click meanwhile does nothing: a double click
 * would do the same thing twice.
 */
export function actionRunner(notice: Store<Notice | null>): TryAction {
    let running = false;

    return async (action, failed) => {
        if (running) {
            return false;
        }
        running = true;
        notice.set(null);
        try {
            await action();
            return true;
        } catch (error) {
            notice.set(errorNotice(failed, error));
            return false;
        } finally {
            running = false;
        }
    };
}
