import {useCallback} from 'react';
import {useIntl} from 'react-intl';
import type {PrimitiveType} from 'react-intl';
import type {MessageKey} from 'src/i18n';

/** Returns one of our texts by its key, in the reader's language. */
export type Text = (key: MessageKey, values?: Record<string, PrimitiveType>) => string;

export function useText(): Text {
    const {formatMessage} = useIntl();
    return useCallback((id, values) => formatMessage({id}, values), [formatMessage]);
}
