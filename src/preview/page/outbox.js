/* The outbox: the list of caught messages, and the chosen one beside it. */

import { prepareFrame, prepareText } from './device.js';
import { arrive, attempt, nothing, paintFacts, panes } from './stage.js';
import { project, wish, writeAddress } from './state.js';
import { $, all, fetchJson, kilobytes, make, plural } from './tools.js';

export let caught = []; // the messages of the outbox

export async function prepareOutbox() {
  const { count, messages } = await fetchJson('/api/outbox');
  [caught, project.outbox] = [messages, count];
  if (!caught.length) {
    return nothing('The outbox is empty', 'While `envoi.toml` names no relay, `envoi send` writes to nobody: every message is caught in the folder `outbox/` and can be read here.');
  }
  let chosen = caught.find((one) => one.id === wish.message);
  if (!chosen && !narrowOutbox.matches) chosen = caught[0];
  const address = chosen && `/outbox/${encodeURIComponent(chosen.id)}`;
  const content = chosen && await attempt(() => (wish.format === 'html'
    ? prepareFrame(`${address}/html`, 'Caught message', { probe: true })
    : prepareText(`${address}/${wish.format}`, { raw: wish.format === 'raw' })));
  return () => {
    wish.message = chosen?.id ?? '';
    writeAddress(false);
    document.title = 'Outbox · envoi';
    paintCaught(chosen);
    if (!chosen) { arrive('outbox'); panes('caught'); return; }
    $('inbox').hidden = true;
    $('caution').hidden = true;
    $('subject').textContent = chosen.subject || '(no subject)';
    $('subject').removeAttribute('lang');
    paintFacts(['To', chosen.to], ['Date', when(chosen.date)], ['Size', kilobytes(chosen.bytes)]);
    panes('head', content.pane, ...(narrowOutbox.matches ? ['back'] : ['caught']));
    content(arrive(['outbox', chosen.id, wish.format].join(' ')));
  };
}

const narrowOutbox = matchMedia('(max-width: 1179px)');

function when(date) {
  const parsed = new Date(date);
  return Number.isNaN(parsed.getTime()) ? String(date ?? '') : parsed.toLocaleString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' });
}

function paintCaught(chosen) {
  const more = project.outbox > caught.length;
  $('caught-note').textContent = more ? `The newest ${caught.length} of ${plural(project.outbox, 'message')}` : plural(caught.length, 'message');
  $('count').textContent = project.outbox.toLocaleString('en');
  $('count').hidden = false;
  const held = document.activeElement?.closest?.('#caught') ? document.activeElement.dataset.id : null;
  $('caught-list').replaceChildren(...caught.map((one) => {
    const button = make('button', { type: 'button' },
      make('span', { className: 'to', dir: 'auto' }, one.to), make('span', { className: 'bytes' }, kilobytes(one.bytes)),
      make('span', { className: 'subject', dir: 'auto' }, one.subject || '(no subject)'), make('span', { className: 'when' }, when(one.date)));
    button.dataset.id = one.id;
    if (one === chosen) button.setAttribute('aria-current', 'true');
    return make('li', {}, button);
  }));
  if (held) all('#caught button').find((one) => one.dataset.id === held)?.focus();
}
