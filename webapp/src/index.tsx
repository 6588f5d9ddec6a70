import {manifest} from 'src/manifest';
import {Plugin} from 'src/plugin';

window.registerPlugin(manifest.id, new Plugin());
