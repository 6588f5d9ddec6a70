import {openChannel} from 'src/actions/open_channel';
import type {Services} from 'src/services';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';

const push = vi.fn();
const hidePane = vi.fn();
const servicesIn = (views?: object) => ({
    hidePane,
    reduxStore: {getState: () => ({entities: {teams: {currentTeamId: 't1', teams: {t1: {name: 'empresa'}}}}, views})},
}) as unknown as Services;

beforeEach(() => {
    vi.clearAllMocks();
    window.WebappUtils = {browserHistory: {push}};
    window.innerWidth = 1280;
});

afterEach(() => delete window.WebappUtils);

test.each([
    ['beside the channel', 1280, {browser: {windowSize: 'desktopView'}, rhs: {isSidebarExpanded: false}}, 0],
    ['beside the channel, in a web client whose state we do not know', 1280, undefined, 0],
    ['over the channel of a phone', 400, undefined, 1],
    ['over the channel of a narrow window', 768, {}, 1],
    ['over the channel, as the web client says itself', 1280, {browser: {windowSize: 'mobileView'}}, 1],
    ['spread over the channel', 1280, {browser: {windowSize: 'desktopView'}, rhs: {isSidebarExpanded: true}}, 1],
])('the right-hand side stands %s', (_where, width, views, hidden) => {
    window.innerWidth = width;
    expect(openChannel(servicesIn(views), {channel_id: 'c1', team_id: 't1'})).toBe(true);
    expect(push).toHaveBeenCalledExactlyOnceWith('/empresa/channels/c1');
    expect(hidePane).toHaveBeenCalledTimes(hidden);
});

test('it stays where no channel is opened', () => {
    window.innerWidth = 400;
    expect(openChannel(servicesIn(), {channel_id: '', team_id: 't1'})).toBe(false);
    expect(hidePane).not.toHaveBeenCalled();
});
