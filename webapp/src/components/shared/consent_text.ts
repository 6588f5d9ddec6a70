import type {Consent} from 'src/api/types';
import type {MessageKey} from 'src/i18n';
import type {useFormat} from 'src/i18n/use_format';
import type {useText} from 'src/i18n/use_text';

/** Where consents usually come from, by the words of the REST API. */
export const originKeys: Record<string, MessageKey> = {
    site: 'whatsapp-ativo.consent.origin_site',
    loja: 'whatsapp-ativo.consent.origin_loja',
    telefone: 'whatsapp-ativo.consent.origin_telefone',
    contrato: 'whatsapp-ativo.consent.origin_contrato',
    evento: 'whatsapp-ativo.consent.origin_evento',
    outro: 'whatsapp-ativo.consent.origin_outro',
};

const statusKeys: Record<Consent['status'], MessageKey> = {
    none: 'whatsapp-ativo.consent.none',
    granted: 'whatsapp-ativo.consent.granted',
    revoked: 'whatsapp-ativo.consent.revoked',
};

/** A consent in one line: whether it was given, where it came from, when, and the note. An origin of other software's stays as it is. */
export function consentText({status, origin, note, at}: Consent, t: ReturnType<typeof useText>, format: ReturnType<typeof useFormat>): string {
    let from = origin;
    if (origin === 'customer') {
        from = t('whatsapp-ativo.consent.origin_customer');
    } else if (originKeys[origin]) {
        from = t(originKeys[origin]);
    }
    return [t(statusKeys[status]), from, format.time(at), note].filter(Boolean).join(' · ');
}
