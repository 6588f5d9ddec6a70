import React from 'react';
import {Button} from 'src/components/shared/buttons';
import type {MessageKey} from 'src/i18n';
import {useText} from 'src/i18n/use_text';
import type {Section} from 'src/state/console_page';

import styles from './section.module.css';
import {useConsole} from './use_console';

/** Says that a list is empty. */
export const NothingHere = ({text}: {text: string}) => <p className={styles.empty}>{text}</p>;

/** Says that something of another section is needed first, and leads there. */
export const NeededFirst = ({text, button, section}: {text: MessageKey; button: MessageKey; section: Section}) => {
    const t = useText();
    const {navigate} = useConsole();
    return (
        <div className={styles.empty}>
            <p>{t(text)}</p>
            <Button
                kind='primary'
                onClick={() => navigate(section)}
            >
                {t(button)}
            </Button>
        </div>
    );
};
