import React from 'react';
import {Pager} from 'src/components/shared/pager';

import {NothingHere} from './nothing_here';

/** How many items a page of a list has. */
export const perPage = 20;

type Props<T> = {
    list?: {items: T[]; total: number}; // not there while it is loaded
    empty: string; // what is said where there is nothing
    page: number;
    onPage: (page: number) => void;
    children: (item: T) => React.ReactNode;
};

/** A page of a list, with the way to the others. */
export const PagedList = <T extends {id: string | number}>({list, empty, page, onPage, children}: Props<T>) => (
    <>
        {list?.total === 0 && <NothingHere text={empty}/>}
        <ul>
            {list?.items.map((item) => <li key={item.id}>{children(item)}</li>)}
        </ul>
        {list && (
            <Pager
                page={page}
                perPage={perPage}
                total={list.total}
                onPage={onPage}
            />
        )}
    </>
);
