import type {KeyboardEvent} from 'react';

/**
 * Moves through a list of tabs with the arrow keys, Home and End, as the WAI-ARIA pattern for tabs has it: the tab that is chosen takes
 * the focus.
 */
export function moveThroughTabs<T>(e: KeyboardEvent<HTMLElement>, tabs: readonly T[], current: T, choose: (tab: T) => void) {
    const at = tabs.indexOf(current);
    const targets: Record<string, number> = {ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1};
    const target = targets[e.key];
    if (target === undefined) {
        return;
    }
    e.preventDefault();
    const index = (target + tabs.length) % tabs.length;
    choose(tabs[index]!);
    e.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[index]?.focus();
}
