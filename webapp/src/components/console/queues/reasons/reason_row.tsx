import React from 'react';
import type {ClosingReason} from 'src/api/types';
import {Button, ButtonRow, ConfirmButton} from 'src/components/shared/buttons';
import {Tag} from 'src/components/shared/tag';
import {useText} from 'src/i18n/use_text';

import styles from './reasons.module.css';

type Props = {
    reason: ClosingReason;

    /** Its place among the count that can be chosen. */
    at: number;
    count: number;
    disabled: boolean;
    readOnly: boolean;
    onMove: (to: number) => void;
    onEdit: () => void;
    onRetire: () => void;
    onReturn: () => void;
};

/** One reason of the list: what it asks for, and what can be done with it. */
export const ReasonRow = ({reason, at, count, disabled, readOnly, onMove, onEdit, onRetire, onReturn}: Props) => {
    const t = useText();
    const {label, retired} = reason;
    return (
        <li className={styles.row}>
            <span className={styles.label}>
                <span>{label}</span>
                {reason.fields.map((field) => (
                    <Tag
                        key={field.name}
                        text={field.required ? `${field.label} *` : field.label}
                    />
                ))}
                {retired && (
                    <Tag
                        kind='warn'
                        text={t('whatsapp-ativo.admin.reasons.retired')}
                    />
                )}
            </span>
            {!readOnly && (
                <ButtonRow>
                    {!retired && (
                        <>
                            <Button
                                of={label}
                                disabled={disabled || at === 0}
                                onClick={() => onMove(at - 1)}
                            >
                                {t('whatsapp-ativo.admin.reasons.up')}
                            </Button>
                            <Button
                                of={label}
                                disabled={disabled || at === count - 1}
                                onClick={() => onMove(at + 1)}
                            >
                                {t('whatsapp-ativo.admin.reasons.down')}
                            </Button>
                            <Button
                                of={label}
                                onClick={onEdit}
                            >
                                {t('whatsapp-ativo.admin.edit')}
                            </Button>
                            <ConfirmButton
                                disabled={disabled}
                                question={t('whatsapp-ativo.admin.reasons.retire_question', {name: label})}
                                of={label}
                                onConfirm={onRetire}
                            >
                                {t('whatsapp-ativo.admin.reasons.retire')}
                            </ConfirmButton>
                        </>
                    )}
                    {retired && (
                        <Button
                            disabled={disabled}
                            of={label}
                            onClick={onReturn}
                        >
                            {t('whatsapp-ativo.admin.reasons.return')}
                        </Button>
                    )}
                </ButtonRow>
            )}
        </li>
    );
};
