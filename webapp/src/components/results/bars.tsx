import React from 'react';

import styles from './results.module.css';

const step = 28;
const left = 150;
const longest = 210;

type Bar = {key: string; name: string; value: number; text: string};

/** A bar for each value, with the value as text behind it. label tells a screen reader the whole; the table next to it has every number. */
export const Bars = ({caption, label, bars}: {caption: string; label: string; bars: Bar[]}) => {
    const most = Math.max(...bars.map((bar) => bar.value)) || 1;
    const height = bars.length * step;
    return (
        <figure className={styles.figure}>
            <figcaption>{caption}</figcaption>
            <svg
                className={styles.bars}
                role='img'
                aria-label={label}
                viewBox={`0 0 480 ${height}`}
            >
                {bars.map((bar, i) => (
                    <g
                        key={bar.key}
                        transform={`translate(0 ${i * step})`}
                    >
                        <text
                            x={left - 8}
                            y={19}
                            textAnchor='end'
                        >
                            {bar.name.length > 20 ? `${bar.name.slice(0, 19)}…` : bar.name}
                        </text>
                        <rect
                            x={left}
                            y={5}
                            width={Math.max((bar.value / most) * longest, 1)}
                            height={18}
                        />
                        <text
                            x={left + ((bar.value / most) * longest) + 8}
                            y={19}
                        >
                            {bar.text}
                        </text>
                    </g>
                ))}
            </svg>
        </figure>
    );
};
