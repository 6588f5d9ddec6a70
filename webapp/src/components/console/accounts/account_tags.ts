import type {PrimitiveType} from 'react-intl';
import type {Account} from 'src/api/types';
import type {TagKind} from 'src/components/shared/tag';
import type {MessageKey} from 'src/i18n';

type AccountTag = {kind: TagKind; key: MessageKey; values?: Record<string, PrimitiveType>};

/** The state of a number: what is missing or wrong, else that it is active. */
export function accountTags(account: Account): AccountTag[] {
    const tags: AccountTag[] = [];
    if (!account.enabled) {
        tags.push({kind: 'plain', key: 'whatsapp-ativo.admin.accounts.disabled'});
    }
    if (account.blocked_code) {
        tags.push({kind: 'bad', key: 'whatsapp-ativo.admin.accounts.blocked', values: {code: account.blocked_code}});
    }
    if (!account.has_access_token) {
        tags.push({kind: 'bad', key: 'whatsapp-ativo.admin.accounts.no_access_token'});
    }
    if (!account.has_app_secret) {
        tags.push({kind: 'bad', key: 'whatsapp-ativo.admin.accounts.no_app_secret'});
    }
    if (!account.has_verify_token) {
        tags.push({kind: 'warn', key: 'whatsapp-ativo.admin.accounts.no_verify_token'});
    }
    return tags.length ? tags : [{kind: 'good', key: 'whatsapp-ativo.admin.accounts.enabled'}];
}
