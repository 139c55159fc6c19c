/*
 * The page of `envoi preview`: no framework, nothing fetched from elsewhere. Here it begins: what hands do and what the
 * server tells leads to `refresh`, the one way in which anything gets onto the page. A file imports only files that
 * stand before it: tools, state, device, stage, controls, issue, archive, outbox, page.
 *
 * It asks the local server for the project (/api/project), for a report on the edition shown (/api/issue/…) and for
 * the message itself, and asks again whenever /events says that a file was saved.
 */

import { prepareArchive } from './archive.js';
import { paintControls } from './controls.js';
import { fit, onShown } from './device.js';
import { prepareIssue } from './issue.js';
import { caught, prepareOutbox } from './outbox.js';
import { holdsSomething, nothing } from './stage.js';
import { CHOICES, issue, project, readAddress, settle, take, wish, writeAddress } from './state.js';
import { $, all, fetchJson, make, Refusal } from './tools.js';

let outdated = true;   // whether `project` must be asked for again
let latest = null;     // the newest revision that /events spoke of
let turn = 0;          // counts `refresh`; an answer to an earlier turn is dropped

/** Shows what is wished: fetches all of it first, then changes the page in one step, so that nothing flickers. */
async function refresh({ push = false } = {}) {
  const mine = ++turn;
  const revision = latest;
  document.body.dataset.ready = 'false';
  try {
    if (outdated) {
      const fresh = await fetchJson('/api/project');
      if (mine !== turn) return;
      take(fresh);
      outdated = false;
    }
    settle();
    writeAddress(push);
    paintControls();
    const paint = await ({ outbox: prepareOutbox, archive: prepareArchive }[wish.view] ?? prepareIssue)();
    if (mine !== turn) return;
    paint();
  } catch (problem) {
    if (mine !== turn) return;
    if (problem.status === 0 && holdsSomething()) return; // no answer: keep what is there, /events will tell
    nothing('This cannot be shown', problem instanceof Refusal ? 'The preview answered:' : 'The preview did not answer as expected:', problem.message)();
  }
  document.body.dataset.revision = revision ?? '';
  document.body.dataset.ready = 'true';
}

/** Changes the wish and shows what it asks for. Whoever picks an issue or a reader wants to leave the outbox and the archive. */
function choose(change) {
  const leaves = { outbox: ['issue', 'lang', 'subscriber'], archive: ['issue', 'subscriber'] }[wish.view] ?? [];
  if (leaves.some((key) => key in change)) change = { view: 'html', ...change };
  const push = ['issue', 'view', 'release', 'message'].some((key) => key in change && change[key] !== wish[key]);
  Object.assign(wish, change);
  refresh({ push });
}

/** New messages are no files of the project: while the outbox is on the page, it looks now and then whether there are any. */
async function lookForMail() {
  if (wish.view !== 'outbox' || document.hidden || document.body.dataset.ready !== 'true') return;
  try {
    const { count, messages } = await fetchJson('/api/outbox');
    if (count !== project.outbox || messages[0]?.id !== caught[0]?.id) { outdated = true; refresh(); }
  } catch { /* the server is away; /events will tell */ }
}

/* ---- Hands: mouse and keyboard --------------------------------------------------------------------------------------------------- */

const other = (key) => CHOICES[key].find((value) => value !== wish[key]);
const cycle = (list, value) => list[(list.indexOf(value) + 1) % list.length];

/** One issue on or back; one caught message on or back. */
function step(by) {
  const to = issue && project.issues[project.issues.indexOf(issue) + by];
  if (to) choose({ issue: to.slug });
}
function leaf(by) {
  const to = caught[caught.findIndex((one) => one.id === wish.message) + by];
  if (to) choose({ message: to.id });
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || $('help').open || event.target.closest?.('select, input, textarea')) return;
  const turnTo = wish.view === 'outbox' ? leaf : step;
  const keys = {
    j: () => turnTo(1), k: () => turnTo(-1), l: () => issue && wish.view !== 'outbox' && choose({ lang: cycle(issue.languages, wish.lang) }),
    p: () => choose({ width: other('width') }), d: () => choose({ scheme: other('scheme') }), '?': () => $('help').showModal(),
  };
  CHOICES.view.forEach((view, i) => { keys[i + 1] = () => $(`tab-${view}`).hidden || choose({ view }); });
  if (!Object.hasOwn(keys, event.key) || !project && event.key !== '?') return;
  event.preventDefault();
  keys[event.key]();
}

document.addEventListener('keydown', onKey);
onShown.push((page) => page.addEventListener('keydown', onKey));
document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button || !project) return;
  for (const key of ['view', 'lang', 'width', 'scheme', 'format']) if (key in button.dataset) choose({ [key]: button.dataset[key] });
  if ('id' in button.dataset) choose({ message: button.dataset.id });
});
$('issue').addEventListener('change', (event) => choose({ issue: event.target.value }));
$('release').addEventListener('change', (event) => choose({ release: event.target.value }));
$('subscriber').addEventListener('change', ({ target }) => {
  const reader = project.subscribers.find((one) => String(one.index) === target.value); // shown what they will get
  choose({ subscriber: target.value, ...(issue?.languages.includes(reader?.lang) ? { lang: reader.lang } : {}) });
});
$('previous').addEventListener('click', () => step(-1));
$('next').addEventListener('click', () => step(1));
$('back').addEventListener('click', () => choose({ message: '' }));
$('skip').addEventListener('click', () => $('stage').focus());
$('keys').addEventListener('click', () => $('help').showModal());
$('help-close').addEventListener('click', () => $('help').close());
$('help').addEventListener('click', (event) => { if (event.target === $('help')) $('help').close(); });
document.querySelector('[role="tablist"]').addEventListener('keydown', (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const tabs = all('[role="tab"]').filter((tab) => !tab.hidden);
  const to = by && tabs[(tabs.indexOf(document.activeElement) + by + tabs.length) % tabs.length];
  if (to) { event.preventDefault(); to.focus(); choose({ view: to.dataset.view }); }
});
addEventListener('hashchange', () => { readAddress(); refresh(); });
addEventListener('resize', () => requestAnimationFrame(fit));

/* ---- News from the server ------------------------------------------------------------------------------------------------------------ */

let lost = false;

function say(state, words) {
  $('status').dataset.state = state;
  if ($('status').textContent !== words) $('status').replaceChildren(make('span', {}, words));
  $('status').title = words;
}

/** Listens to /events for as long as the page lives. The browser reconnects by itself; where it gives up, we begin again. */
function listen() {
  const source = new EventSource('/events');
  const heard = (event) => {
    const data = JSON.parse(event.data || 'null');
    const revision = data?.revision ?? data;
    const stale = lost || latest === null || revision !== latest; // after a loss always: a new server counts from the start
    lost = false;
    say('live', event.type === 'change' ? `Updated at ${new Date().toLocaleTimeString('en-GB')}` : 'Follows every save');
    if (!stale) return;
    latest = revision;
    outdated = true;
    refresh();
  };
  source.addEventListener('hello', heard);
  source.addEventListener('change', heard);
  source.addEventListener('error', () => {
    lost = true;
    say('lost', 'Connection lost, retrying…');
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
}

readAddress();
listen();
setTimeout(() => { if (turn === 0) refresh(); }, 700); // should the first greeting be late
setInterval(lookForMail, 4000);
