import React from 'react';
import type {LedgerGroup} from 'src/api/types';
import {useFormat} from 'src/i18n/use_format';
import {useText} from 'src/i18n/use_text';

import styles from './chart.module.css';

/** The most bars that are drawn. Nobody reads more, and the table has them all. */
const mostBars = 12;

/** The height of a bar with the space around it, in units of the drawing. */
const step = 28;

/** Where bars begin, and how long the longest one is. */
const left = 180;
const longest = 360;

/** A bar for each group. Screen readers read out the dearest group; the table next to the chart has every number. */
export const Chart = ({title, groups}: {title: string; groups: LedgerGroup[]}) => {
    const t = useText();
    const format = useFormat();
    const shown = groups.slice(0, mostBars);
    const most = Math.max(...shown.map((g) => g.billed + g.reserved)) || 1;
    const width = (amount: number) => (amount / most) * longest;
    const height = shown.length * step;
    const [dearest] = [...shown].sort((a, b) => b.billed - a.billed);

    return (
        <svg
            className={styles.root}
            role='img'
            aria-label={dearest && t('whatsapp-ativo.admin.costs.chart', {title, name: dearest.name, amount: format.money(dearest.billed, dearest.currency)})}
            viewBox={`0 0 680 ${height}`}
            height={height}
        >
            {shown.map((group, i) => (
                <g
                    key={group.id}
                    transform={`translate(0 ${i * step})`}
                >
                    <text
                        x={left - 8}
                        y={19}
                        textAnchor='end'
                    >
                        {shorten(group.name)}
                    </text>
                    <rect
                        className={styles.billed}
                        x={left}
                        y={5}
                        width={width(group.billed)}
                        height={18}
                    />
                    <rect
                        className={styles.reserved}
                        x={left + width(group.billed)}
                        y={5}
                        width={width(group.reserved)}
                        height={18}
                    />
                    <text
                        x={left + width(group.billed + group.reserved) + 8}
                        y={19}
                    >
                        {format.money(group.billed, group.currency)}
                    </text>
                </g>
            ))}
        </svg>
    );
};

const shorten = (name: string) => (name.length > 24 ? `${name.slice(0, 23)}…` : name);
