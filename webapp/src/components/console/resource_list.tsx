import React, {useState} from 'react';
import type {ReactNode} from 'react';
import {Button} from 'src/components/shared/buttons';

import {SectionHead} from './section_head';
import {useConsole} from './use_console';

type Props<T> = {
    intro: string;

    /** The text of the button that adds a resource; none where the list makes none itself. */
    add?: string;

    /** Shown where there are no resources. */
    empty: ReactNode;
    items: T[];

    /** The form of a resource; without one, of a new resource. */
    form: (item: T | undefined, close: () => void) => ReactNode;
    card: (item: T, edit: () => void) => ReactNode;
};

/** Stands for the id of a resource that is not stored yet. */
const newId = 'new';

/** The cards of all resources of a kind. One at a time has its form in the place of its card. */
export function ResourceList<T extends {id: string}>({intro, add, empty, items, form, card}: Props<T>) {
    const {readOnly} = useConsole();
    const [editing, setEditing] = useState('');
    const close = () => setEditing('');

    return (
        <>
            <SectionHead intro={intro}>
                {add && !readOnly && editing !== newId && (
                    <Button
                        kind='primary'
                        onClick={() => setEditing(newId)}
                    >
                        {add}
                    </Button>
                )}
            </SectionHead>
            {editing === newId && form(undefined, close)}
            {items.length === 0 && editing !== newId && empty}
            <ul>
                {items.map((item) => (
                    <li key={item.id}>
                        {editing === item.id ? form(item, close) : card(item, () => setEditing(item.id))}
                    </li>
                ))}
            </ul>
        </>
    );
}
