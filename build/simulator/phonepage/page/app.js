'use strict';

let state = null;
let chosen = decodeURIComponent(location.hash.slice(1)); // number of the phone that is shown
let quoting = null;

document.documentElement.lang = language;
document.title = {'pt-BR': 'Simulador do WhatsApp', en: 'WhatsApp simulator'}[language];
for (const node of document.querySelectorAll('[data-text]')) node.textContent = texts[node.dataset.text];
for (const node of document.querySelectorAll('[data-hint]')) { node.placeholder = texts[node.dataset.hint]; node.setAttribute('aria-label', texts[node.dataset.hint]); }
for (const node of document.querySelectorAll('[data-title]')) node.title = texts[node.dataset.title];
if (language === 'en') { $('language').href = '?'; $('language').textContent = 'Português'; }

async function ask(method, path, body) {
  const options = {method};
  if (body !== undefined) { options.body = JSON.stringify(body); options.headers = {'Content-Type': 'application/json'}; }
  const response = await fetch('/simulator/' + path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || response.statusText);
  return answer;
}

// doing runs a call of the user and shows what went wrong.
async function doing(call) {
  try {
    await call();
    $('notice').hidden = true;
  } catch (error) {
    $('notice').textContent = error.message;
    $('notice').hidden = false;
    setTimeout(() => { $('notice').hidden = true; }, 6000);
  }
}

const partner = () => $('partner').value;
const phonePath = (rest) => 'phones/' + encodeURIComponent(chosen) + '/' + rest;

// act is what a bubble asks for.
function act(what, body) {
  if (what === 'quote') { setQuote(body); return; }
  doing(() => ask('POST', phonePath(what), body));
}

function setQuote(m) {
  quoting = m;
  $('quote').hidden = !m;
  $('quote-text').textContent = m ? m.text || m.header || m.type : '';
  if (m) $('text').focus();
}

function showPhones() {
  const list = $('list');
  list.replaceChildren();
  for (const p of state.phones) {
    const last = p.last ? (p.last.inbound ? '✓ ' : '') + (p.last.text || p.last.type) : '';
    const item = element('li', p.customer.number === chosen ? 'chosen' : '',
      element('div', 'name', p.customer.name, p.unread ? element('span', 'badge', String(p.unread)) : null),
      element('div', 'number', '+' + p.customer.number),
      element('div', 'last', last));
    item.tabIndex = 0;
    item.onclick = () => choose(p.customer.number);
    item.onkeydown = (e) => { if (e.key === 'Enter') choose(p.customer.number); };
    list.append(item);
  }
}

function choose(number) {
  chosen = number;
  location.hash = number;
  setQuote(null);
  refresh();
}

async function showChat() {
  const phone = state.phones.find((p) => p.customer.number === chosen);
  $('phone').hidden = $('person').hidden = !phone;
  $('nobody').hidden = Boolean(phone);
  if (!phone) return;
  $('who').textContent = phone.customer.name;
  $('who-detail').textContent = '+' + phone.customer.number + (phone.wa_id !== phone.customer.number ? ' · wa_id ' + phone.wa_id : '') + ' · ' + phone.customer.bsuid;
  const all = await ask('GET', phonePath('chat'));
  if (phone.customer.number !== chosen) return; // somebody chose another phone meanwhile
  const chat = $('chat');
  const atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 60;
  chat.replaceChildren(...all.filter((m) => !['reaction', 'edit', 'revoke'].includes(m.type)).map((m) => bubble(m, all, act)));
  if (atEnd || chat.dataset.of !== chosen) chat.scrollTop = chat.scrollHeight;
  chat.dataset.of = chosen;
  showSwitches(phone, all);
  const last = phone.windows && phone.windows[partner()];
  $('window').textContent = last && new Date(last) > new Date(state.now) ? texts.windowOpen + ' ' + dateTime(last) : texts.windowClosed;
}

function showSwitches(phone) {
  const c = phone.customer;
  const box = $('switches');
  box.replaceChildren();
  const add = (key, on, change) => {
    const input = element('input');
    input.type = 'checkbox';
    input.checked = on;
    input.onchange = () => doing(() => change(input.checked));
    box.append(element('label', 'switch', input, ' ' + texts[key]));
  };
  const turn = (on, off) => (checked) => ask('POST', phonePath(checked ? on : off), {phone_number_id: partner()});
  const set = (key) => (checked) => ask('PATCH', 'phones/' + encodeURIComponent(chosen), {[key]: checked});
  add('off', c.off, turn('turn-off', 'turn-on'));
  add('blocked', (c.blocked_numbers || []).includes(partner()), turn('block', 'unblock'));
  add('no_marketing', c.no_marketing, turn('stop-marketing', 'resume-marketing'));
  for (const key of ['drop_ninth_digit', 'hide_number', 'not_on_whatsapp']) add(key, c[key], set(key));
}

function showPartners() {
  const select = $('partner');
  if (select.options.length === state.numbers.length) return;
  const before = select.value;
  select.replaceChildren(...state.numbers.map((n) => {
    const option = element('option', '', n.verified_name + ' ' + n.display_phone_number);
    option.value = n.phone_number_id;
    return option;
  }));
  if (before) select.value = before;
  $('partner-label').hidden = state.numbers.length < 2;
}

async function showPanel() {
  $('now').textContent = dateTime(state.now) + (state.offset.startsWith('0s') ? '' : '  (' + state.offset.replace(/\.\d+s/, 's') + ')');
  $('hooks').textContent = texts.hooks(state.webhooks);
  $('auto').checked = state.settings.automatic_statuses;
  $('fault-list').replaceChildren(...(state.faults.length ? state.faults.map((f) => element('li', '', (texts.fault[f.html ? 'http_html' : f.kind] || f.kind) + ' · ' + texts.left(f.left) + (f.edge ? ' · ' + f.edge : ''))) : [element('li', '', texts.noFaults)]));
  const bill = await ask('GET', 'bill');
  const count = (o) => Object.values(o).reduce((a, b) => a + b, 0);
  $('bill').textContent = bill.lines.length ? bill.currency + ' ' + bill.total.toLocaleString(language, {minimumFractionDigits: 4}) + ' · ' + texts.billLine(count(bill.messages), count(bill.billable)) : texts.nothing;
}

let running = false;
let again = false;
async function refresh() {
  if (running) { again = true; return; }
  running = true;
  do {
    again = false;
    try {
      state = await ask('GET', 'state');
      showPartners();
      showPhones();
      await showChat();
      await showPanel();
    } catch (error) {
      await new Promise((done) => setTimeout(done, 1000));
    }
  } while (again);
  running = false;
}

$('add').onsubmit = (e) => {
  e.preventDefault();
  doing(async () => {
    const c = await ask('POST', 'phones', {number: $('add-number').value, name: $('add-name').value});
    $('add').reset();
    choose(c.number);
  });
};
$('write').onsubmit = (e) => {
  e.preventDefault();
  const text = $('text').value.trim();
  if (!text) return;
  doing(async () => {
    await ask('POST', phonePath('reply'), {text, message_id: quoting ? quoting.id : '', phone_number_id: partner()});
    $('text').value = '';
    setQuote(null);
  });
};
$('file').onchange = () => {
  const file = $('file').files[0];
  if (!file) return;
  const reader = new FileReader();
  reader.onload = () => {
    const kind = file.type.startsWith('image/') ? 'image' : file.type.startsWith('audio/') ? 'audio' : file.type.startsWith('video/') ? 'video' : 'document';
    doing(() => ask('POST', phonePath('media'), {kind, mime_type: file.type || 'application/octet-stream', filename: file.name, data: reader.result.split(',')[1] || '', caption: $('text').value, phone_number_id: partner()}));
    $('text').value = $('file').value = '';
  };
  reader.readAsDataURL(file);
};
$('quote-off').onclick = () => setQuote(null);
$('partner').onchange = refresh;
$('read').onclick = () => doing(() => ask('POST', phonePath('read'), {phone_number_id: $('partner-label').hidden ? '' : partner()}));
for (const step of ['1h', '6h', '24h', '168h']) {
  const button = element('button', 'plain', '+' + (step === '168h' ? '7 d' : step.replace('h', ' h')));
  button.onclick = () => doing(() => ask('POST', 'clock', {advance: step}));
  $('clock-buttons').append(button);
}
const real = element('button', 'plain', texts.realTime);
real.onclick = () => doing(() => ask('POST', 'clock', {set: new Date().toISOString()}));
$('clock-buttons').append(real);
for (const [kind, label] of Object.entries(texts.fault)) {
  const option = element('option', '', label);
  option.value = kind;
  $('fault-kind').append(option);
}
$('fault').onsubmit = (e) => {
  e.preventDefault();
  const kind = $('fault-kind').value;
  const left = Number($('fault-times').value) || 1;
  doing(() => {
    if (kind === 'window') return ask('POST', 'fail-next', {code: 131047, times: left});
    if (kind === 'undeliverable') return ask('POST', 'fail-next', {code: 131026, times: left, later: true});
    const html = kind === 'http_html';
    return ask('POST', 'faults', {edge: 'messages', kind: html ? 'http' : kind, status: html ? 502 : 500, html, delay: '5s', left});
  });
};
$('fault-clear').onclick = () => doing(() => ask('DELETE', 'faults'));
$('hold').onclick = () => doing(() => ask('POST', 'webhooks/hold'));
$('release').onclick = () => doing(() => ask('POST', 'webhooks/release', {}));
$('auto').onchange = () => doing(() => ask('PATCH', 'settings', {automatic_statuses: $('auto').checked}));

new EventSource('/simulator/events').onmessage = refresh;
setInterval(refresh, 30000);
refresh();
