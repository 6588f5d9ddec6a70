import {id, version} from '../../plugin.json';

/** The plugin's id and version, taken from plugin.json when the bundle is built. */
export const manifest = {id, version};
