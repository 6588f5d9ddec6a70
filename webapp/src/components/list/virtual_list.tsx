import React, {useEffect, useLayoutEffect, useRef, useState} from 'react';
import type {KeyboardEvent, ReactNode} from 'react';

import styles from './list.module.css';

/** How many rows are rendered beyond those on screen, above and below, so that scrolling shows no gap. */
const overscan = 8;

type Props = {
    count: number;

    /** The height of each row, pixels. */
    rowHeight: number;
    label: string;

    /** Called with the indexes of the first and the last row that are rendered. */
    onShow: (first: number, last: number) => void;

    /** The row at an index. Its element with the attribute `data-row` takes the focus and needs the given tabIndex. */
    children: (index: number, tabIndex: number) => {id: string; node: ReactNode};
};

/**
 * A long list of which only the rows near the screen are rendered. Tab reaches one row, the arrow keys reach the others from there.
 * That row stays rendered when it is scrolled away, because the focus would be lost with it.
 */
export const VirtualList = ({count, rowHeight, label, onShow, children}: Props) => {
    const box = useRef<HTMLDivElement>(null);
    const [view, setView] = useState({top: 0, height: 0});
    const [active, setActive] = useState(0);
    const focusIndex = useRef(-1);

    useLayoutEffect(() => {
        const measure = () => setView((v) => ({...v, height: box.current?.clientHeight ?? 0}));
        measure();
        const observer = new ResizeObserver(measure);
        observer.observe(box.current!);
        return () => observer.disconnect();
    }, []);

    const first = Math.max(0, Math.floor(view.top / rowHeight) - overscan);
    const last = Math.min(count - 1, Math.ceil((view.top + view.height) / rowHeight) + overscan);

    useEffect(() => {
        onShow(first, Math.max(first, last));
    }, [first, last, onShow]);

    // The row that the keyboard went to may have been rendered only now, so that it is focused after the render.
    useEffect(() => {
        if (focusIndex.current >= 0) {
            box.current?.querySelector<HTMLElement>(`[data-index="${focusIndex.current}"] [data-row]`)?.focus({preventScroll: true});
            focusIndex.current = -1;
        }
    });

    const go = (index: number) => {
        const to = Math.min(count - 1, Math.max(0, index));
        const element = box.current;
        if (element && to * rowHeight < element.scrollTop) {
            element.scrollTop = to * rowHeight;
        } else if (element && (to + 1) * rowHeight > element.scrollTop + element.clientHeight) {
            element.scrollTop = ((to + 1) * rowHeight) - element.clientHeight;
        }
        focusIndex.current = to;
        setActive(to);
    };

    const move = (e: KeyboardEvent<HTMLDivElement>) => {
        const at = Number((e.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset.index ?? active);
        const page = Math.max(1, Math.floor(view.height / rowHeight) - 1);
        const steps: Record<string, number> = {ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: count - 1};
        const to = steps[e.key];
        if (to !== undefined) {
            e.preventDefault();
            go(to);
        }
    };

    const reachable = Math.min(active, count - 1);
    const indexes = [];
    for (let i = first; i <= last; i++) {
        indexes.push(i);
    }
    if (reachable >= 0 && (reachable < first || reachable > last)) {
        indexes.push(reachable);
    }

    // While conversations move between pages that were read at different times, one may be in two of them.
    const seen = new Set<string>();
    return (
        <div
            ref={box}
            className={styles.root}
            onScroll={(e) => {
                const top = e.currentTarget.scrollTop;
                setView((v) => ({...v, top}));
            }}
            onKeyDown={move}
            onFocus={(e) => {
                const index = (e.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset.index;
                if (index !== undefined) {
                    setActive(Number(index));
                }
            }}
        >
            <div
                role='list'
                aria-label={label}
                style={{height: count * rowHeight, position: 'relative'}}
            >
                {indexes.map((index) => {
                    const {id, node} = children(index, index === reachable ? 0 : -1);
                    const key = seen.has(id) ? `${id} ${index}` : id;
                    seen.add(id);
                    return (
                        <div
                            key={key}
                            role='listitem'
                            aria-posinset={index + 1}
                            aria-setsize={count}
                            data-index={index}
                            className={styles.row}
                            style={{height: rowHeight, transform: `translateY(${index * rowHeight}px)`}}
                        >
                            {node}
                        </div>
                    );
                })}
            </div>
        </div>
    );
};
