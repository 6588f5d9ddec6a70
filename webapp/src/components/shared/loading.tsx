import React from 'react';
import {useText} from 'src/i18n/use_text';

import {Failure} from './failure';

/** Takes the place of what is being read or could not be read. */
export const Loading = ({failure}: {failure: string}) => {
    const t = useText();
    return failure ? <Failure text={failure}/> : <p role='status'>{t('whatsapp-ativo.admin.loading')}</p>;
};
