import React from 'react';
import {Modal} from 'src/components/shared/modal';
import {useText} from 'src/i18n/use_text';
import {useServices} from 'src/services';
import {useStore} from 'src/state/store';

import {StartForm} from './start_form';

/** "Criar Atendimento": what is sent, to whom, and how the customer will see it. */
export const StartPopup = () => {
    const t = useText();
    const {starting} = useServices();
    const begin = useStore(starting);
    const close = () => starting.set(null);
    return begin && (
        <Modal
            title={t('whatsapp-ativo.start.title')}
            onClose={close}
        >
            <StartForm
                begin={begin}
                onDone={close}
            />
        </Modal>
    );
};
