import React from 'react';
import {useIntl} from 'react-intl';
import {useDispatch, useSelector} from 'react-redux';
import type {Line} from 'src/reducer';
import {closeNotice, selectNotice} from 'src/reducer';

import './notice.css';

/**
 * Says what went wrong, above the page. The alert region is always there, because screen readers announce what appears in one, not
 * the region itself. It takes no focus and does not go away by itself.
 */
export const Notice = () => {
    const {formatMessage} = useIntl();
    const dispatch = useDispatch();
    const notice = useSelector(selectNotice);

    const line = (l: Line) => ('text' in l ? l.text : formatMessage({id: l.key}, l.values));

    return (
        <div
            className='WhatsappAtivoNotice'
            role='alert'
        >
            {notice && (
                <div className='WhatsappAtivoNotice__box'>
                    <div className='WhatsappAtivoNotice__text'>
                        <strong>{line(notice.title)}</strong>
                        <span>{line(notice.reason)}</span>
                    </div>
                    <button
                        type='button'
                        className='WhatsappAtivoNotice__close'
                        aria-label={formatMessage({id: 'whatsapp-ativo.notice.close'})}
                        onClick={() => dispatch(closeNotice())}
                    >
                        <svg
                            aria-hidden={true}
                            width='14'
                            height='14'
                            viewBox='0 0 14 14'
                            stroke='currentColor'
                            strokeLinecap='round'
                            strokeWidth='2'
                        >
                            <path d='M2 2l10 10M12 2L2 12'/>
                        </svg>
                    </button>
                </div>
            )}
        </div>
    );
};
