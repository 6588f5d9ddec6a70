'use strict';
// Everything strangers wrote goes into the page as text nodes, never as markup.

const $ = (id) => document.getElementById(id);

function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
}

// formatted shows WhatsApp's *bold*, _italic_ and ~struck~ words.
function formatted(text) {
  const out = element('span', 'text');
  const marks = /(^|[\s(])(\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~)(?=$|[\s).,!?:;])/g;
  let from = 0;
  for (const found of text.matchAll(marks)) {
    const start = found.index + found[1].length;
    out.append(text.slice(from, start));
    const tag = {'*': 'b', '_': 'i', '~': 's'}[found[2][0]];
    out.append(element(tag, '', found[2].slice(1, -1)));
    from = start + found[2].length;
  }
  out.append(text.slice(from));
  return out;
}

const time = (at) => new Date(at).toLocaleTimeString(language, {hour: '2-digit', minute: '2-digit'});
const dateTime = (at) => new Date(at).toLocaleString(language, {dateStyle: 'short', timeStyle: 'short'});

// ticks of what the customer sent: grey when it arrived, blue when the business read it.
function ticks(m) {
  if (!m.inbound) return null;
  return element('span', m.status === 'read' ? 'ticks blue' : 'ticks', '✓✓');
}

function mediaOf(m) {
  if (!m.media) return null;
  const kind = (m.media.mime_type || '').split('/')[0];
  const source = m.media.id ? '/simulator/media/' + encodeURIComponent(m.media.id) : '';
  if (source && kind === 'image') {
    const image = element('img');
    image.src = source;
    image.alt = m.media.filename || '';
    return image;
  }
  if (source && (kind === 'audio' || kind === 'video')) {
    const player = element(kind);
    player.controls = true;
    player.src = source;
    return player;
  }
  const label = element('span', 'file', '📄 ' + (m.media.filename || m.media.link || texts.document));
  if (!source) return label;
  const link = element('a', 'file-link', label);
  link.href = source;
  return link;
}

// safeLink lets only web addresses and phone numbers be links.
function safeLink(address, label) {
  const node = element('a', 'tap', label);
  if (/^(https?:\/\/|tel:)/i.test(address)) {
    node.href = address;
    node.target = '_blank';
    node.rel = 'noopener noreferrer';
    node.title = address;
  }
  return node;
}

function buttonsOf(m, act, card) {
  const shown = (m.buttons || []).filter((b) => b.card === card);
  if (!shown.length || m.inbound) return null;
  const row = element('div', 'buttons');
  for (const b of shown) {
    if (['quick_reply', 'reply', 'list', 'send_location', 'request_contact_info'].includes(b.kind)) {
      const button = element('button', 'tap', ({list: '☰ ', send_location: '📍 ', request_contact_info: '📞 '}[b.kind] || '↩ ') + b.text);
      button.type = 'button';
      if (b.description) button.title = b.description;
      button.onclick = () => act('tap', {message_id: m.id, index: b.index, phone_number_id: m.phone_number_id});
      row.append(button);
    } else if (b.url) {
      row.append(safeLink(b.url, (b.url.startsWith('tel:') ? '☎ ' : '↗ ') + b.text));
    } else {
      row.append(element('span', 'tap still', b.text || b.id || b.kind));
    }
  }
  return row;
}

function bubble(m, all, act) {
  if (m.revoked) {
    return element('li', m.inbound ? 'mine' : 'theirs', element('div', 'bubble', element('i', 'footer', '🚫 ' + texts.revoked)));
  }
  const box = element('div', 'bubble');
  if (m.template) box.append(element('span', 'kind', texts.template + ' · ' + m.template.category.toLowerCase()));
  const quoted = m.context && all.find((o) => o.id === m.context);
  if (quoted) box.append(element('div', 'quoted', quoted.text || quoted.header || quoted.type));
  if (m.header) box.append(element('div', 'heading', m.header));
  const media = mediaOf(m);
  if (media) box.append(media);
  if (m.type === 'unsupported') box.append(element('i', 'footer', texts.unsupported));
  if (m.offer) box.append(element('div', 'offer', '⏳ ' + [m.offer.text, m.offer.ends_at && dateTime(m.offer.ends_at)].filter(Boolean).join(' · ')));
  if (m.text) box.append(formatted(m.text));
  if (!m.text && !m.header && !media && m.type !== 'unsupported') box.append(element('i', 'footer', m.type));
  if (m.footer) box.append(element('div', 'footer', m.footer));
  box.append(element('div', 'meta', (m.edited ? texts.edited + ' ' : '') + time(m.arrived_at) + ' ', ticks(m)));
  const reactions = Object.values(m.reactions || {}).filter(Boolean);
  if (reactions.length) box.append(element('span', 'reaction', reactions.join(' ')));
  const item = element('li', m.inbound ? 'mine' : 'theirs', box, buttonsOf(m, act), cardsOf(m, act), actionsOf(m, act));
  if (!m.inbound && m.status !== 'read') item.classList.add('unread');
  return item;
}

// cardsOf are the cards of a carousel, beside each other.
function cardsOf(m, act) {
  if (!m.cards) return null;
  const row = element('div', 'cards');
  m.cards.forEach((card, i) => {
    const box = element('div', 'bubble');
    if (card.header) box.append(element('div', 'heading', card.header));
    const media = mediaOf(card);
    if (media) box.append(media);
    if (card.text) box.append(formatted(card.text));
    row.append(element('div', 'card', box, buttonsOf(m, act, i + 1)));
  });
  return row;
}

// actionsOf are the small buttons beside a bubble.
function actionsOf(m, act) {
  const small = (label, title, go) => {
    const b = element('button', 'small', label);
    b.type = 'button';
    b.title = title;
    b.onclick = go;
    return b;
  };
  const base = {message_id: m.id, phone_number_id: m.phone_number_id};
  const row = element('div', 'actions', small('↩', texts.quoteAction, () => act('quote', m)));
  if (!m.inbound) {
    row.append(small('👍', texts.reactAction, () => act('react', {...base, emoji: (m.reactions || {}).customer === '👍' ? '' : '👍'})));
  } else {
    if (m.type === 'text') {
      row.append(small('✎', texts.editAction, () => {
        const text = prompt(texts.editPrompt, m.text);
        if (text) act('edit', {...base, text});
      }));
    }
    row.append(small('🗑', texts.revokeAction, () => act('revoke', base)));
  }
  return row;
}
