import {fileURLToPath} from 'node:url';

const folder = fileURLToPath(new URL('react19/node_modules', import.meta.url));

/**
 * With REACT=19 the tests run on React 19, which Mattermost 12 has, else on React 18. Everything that is built on React is taken from the
 * folder of that version, because a package finds the React that is installed beside it.
 */
export const reactAliases = process.env.REACT === '19' ? [{
    find: /^(react|react-dom|react-intl|react-redux|@testing-library\/react)(?=\/|$)/,
    replacement: `${folder}/$1`,
}] : [];
