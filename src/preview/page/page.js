'use strict';

/* ---- Small tools ------------------------------------------------------------------------------------------------ */

const $ = (id) => document.getElementById(id);
const all = (selector) => [...document.querySelectorAll(selector)];

/** An element with properties and children; children are nodes or text, never markup. */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** A sentence in which `words between backticks` are set as code. */
const prose = (text) => String(text).split('`').map((part, i) => (i % 2 ? make('code', {}, part) : part));

const plural = (n, word) => `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;
const kilobytes = (bytes) => (bytes < 10240 ? (bytes / 1024).toFixed(1) : Math.round(bytes / 1024).toLocaleString('en')) + ' KB';
const narrow = matchMedia('(max-width: 860px)');

/** An answer of the server that is not 200; status 0: no answer at all. */
class Refusal extends Error {
  constructor(status, body) { super(body || `The server answered ${status}.`); this.status = status; }
}

/** The text at an address of this server, or a `Refusal`. */
async function fetchText(url) {
  const [response, body] = await fetch(url, { cache: 'no-store' }).then(async (response) => [response, await response.text()])
    .catch(() => { throw new Refusal(0, 'no answer'); });
  if (!response.ok) throw new Refusal(response.status, body.trim());
  return body;
}
const fetchJson = async (url) => JSON.parse(await fetchText(url));

/* ---- What is shown, and the address that says so ------------------------------------------------------------------ */

const CHOICES = { view: ['html', 'text', 'raw', 'release', 'outbox'], width: ['desktop', 'phone'], scheme: ['light', 'dark'], format: ['html', 'text', 'raw'] };
const GMAIL_CLIPS_AT = 102400; // bytes of HTML
const NEAR = 0.9;

let wish = {};         // what was asked for; `settle` fits it to the project
let project = null;    // the answer of /api/project
let outdated = true;   // whether `project` must be asked for again
let latest = null;     // the newest revision that /events spoke of
let turn = 0;          // counts `refresh`; an answer to an earlier turn is dropped
let caught = [];       // the messages of the outbox
let shownKey = '';     // what the stage holds, to know whether a scroll position still means something
let issue = null;      // the entry of `project.issues` that is shown

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  wish = { issue: '', lang: '', view: 'html', width: narrow.matches ? 'phone' : 'desktop', scheme: 'light', subscriber: '', release: '', message: '', format: 'html' };
  for (const key of Object.keys(wish)) {
    const value = given.get(key);
    if (value !== null && (CHOICES[key]?.includes(value) ?? true)) wish[key] = value;
  }
}

function writeAddress(push) {
  const { issue, lang, view, width, scheme, subscriber, release, message, format } = wish;
  const parts = new URLSearchParams({ issue, lang, view, width, scheme, subscriber });
  if (view === 'release') parts.set('release', release);
  if (view === 'outbox' && message) parts.set('message', message);
  if (view === 'release' || view === 'outbox') parts.set('format', format);
  const hash = '#' + parts;
  if (hash !== location.hash) history[push ? 'pushState' : 'replaceState'](null, '', hash);
}

/** Fits the wish to the project: an issue that was not named is the first, a language it lacks is its first, and so on. */
function settle() {
  if (!wish.issue && project.issues.length) wish.issue = project.issues[0].slug;
  issue = project.issues.find((one) => one.slug === wish.issue) ?? null;
  if (issue && !issue.languages.includes(wish.lang)) wish.lang = issue.languages[0] ?? (wish.lang || 'en');
  const readers = project.subscribers;
  if (!readers.some((one) => String(one.index) === wish.subscriber)) {
    wish.subscriber = String((readers.find((one) => one.lang === wish.lang) ?? readers[0])?.index ?? '');
  }
  const releases = issue?.releases ?? [];
  if (wish.view === 'release' && !releases.length) wish.view = 'html';
  if (!releases.includes(wish.release)) wish.release = releases[0] ?? '';
  if (wish.view === 'release' && wish.format === 'raw') wish.format = 'html';
}

/** Changes the wish and shows what it asks for. Whoever picks an issue, a language or a reader wants to leave the outbox. */
function choose(change) {
  if (wish.view === 'outbox' && ('issue' in change || 'lang' in change || 'subscriber' in change)) change = { view: 'html', ...change };
  const push = ['issue', 'view', 'release', 'message'].some((key) => key in change && change[key] !== wish[key]);
  Object.assign(wish, change);
  refresh({ push });
}

/* ---- The one way in which anything gets onto the page --------------------------------------------------------------- */

/** Shows what is wished: fetches all of it first, then changes the page in one step, so that nothing flickers. */
async function refresh({ push = false } = {}) {
  const mine = ++turn;
  const revision = latest;
  document.body.dataset.ready = 'false';
  try {
    if (outdated) {
      const fresh = await fetchJson('/api/project');
      if (mine !== turn) return;
      [project, outdated] = [fresh, false];
    }
    settle();
    writeAddress(push);
    paintControls();
    const paint = wish.view === 'outbox' ? await prepareOutbox() : await prepareIssue();
    if (mine !== turn) return;
    paint();
  } catch (problem) {
    if (mine !== turn) return;
    if (problem.status === 0 && shownKey) return; // no answer: keep what is there, /events will tell
    nothing('This cannot be shown', problem instanceof Refusal ? 'The preview answered:' : 'The preview did not answer as expected:', problem.message)();
  }
  document.body.dataset.revision = revision ?? '';
  document.body.dataset.ready = 'true';
}

/** Shows these parts of the stage and hides the others. */
function panes(...shown) {
  for (const id of ['head', 'diagnostics', 'notice', 'device', 'caught', 'back']) $(id).hidden = !shown.includes(id);
  $('switches').hidden = !shown.includes('device') && !shown.includes('head') && wish.view !== 'release';
  $('stage').dataset.view = wish.view;
  $('stage').toggleAttribute('data-empty', !shown.includes('caught'));
  const letter = shown.includes('head') || shown.includes('diagnostics');
  $('sheet').dataset.layout = telephone() && wish.view !== 'outbox' && letter && shown.includes('device') ? 'beside' : 'below';
}

function notice(title, explanation, code) {
  document.title = `${title} · envoi`;
  $('notice').replaceChildren(make('h2', {}, title), make('p', {}, ...prose(explanation)), ...(code ? [make('pre', {}, code)] : []));
}

/** Gives the function that paints a notice and nothing else. */
const nothing = (...words) => () => { arrive('none'); panes('notice'); notice(...words); };

/** To the top when something else is shown than before; where it was, when the same was only reloaded. */
function arrive(key) {
  const same = key === shownKey;
  shownKey = key;
  if (!same) scrollTo(0, 0);
  return same;
}

/* ---- Controls -------------------------------------------------------------------------------------------------------- */

function paintControls() {
  const { issues, subscribers } = project;
  $('organisation').textContent = project.organisation;
  $('controls').hidden = false;

  const options = issues.map((one) => new Option([one.subject || one.slug, one.date].filter(Boolean).join(' · '), one.slug));
  if (wish.issue && !issue) options.unshift(new Option(`${wish.issue} (not found)`, wish.issue));
  if (!options.length) options.push(new Option('No issues yet', ''));
  fill($('issue'), options, wish.issue, !issues.length);
  const place = issues.indexOf(issue);
  $('position').textContent = issue ? `${place + 1} of ${issues.length}${issue.date ? ` · ${issue.date}` : ''}` : '';
  $('previous').disabled = place < 1;
  $('position').parentElement.hidden = !issue;
  $('next').disabled = place < 0 || place === issues.length - 1;

  $('languages-field').hidden = !issue;
  const languages = issue?.languages ?? [];
  if (all('[data-lang]').map((one) => one.dataset.lang).join() !== languages.join()) {
    $('languages').replaceChildren(...languages.map((code) => {
      const button = make('button', { type: 'button', lang: code, title: `${code} (l: next language)` }, languageName(code));
      button.dataset.lang = code;
      return button;
    }));
  }

  fill($('subscriber'), subscribers.length ? subscribers.map((one) => new Option(`${one.label} (${one.lang})`, one.index)) : [new Option('No readers', '')], wish.subscriber, !subscribers.length);
  const reader = subscribers.find((one) => String(one.index) === wish.subscriber);
  const stranger = reader && issue && reader.lang !== wish.lang && languages.includes(reader.lang);
  $('reader').textContent = [
    project.sample_only ? 'Sample readers: the project has no list yet.' : '',
    stranger ? `This reader will get the edition in ${languageName(reader.lang)}.` : '',
  ].filter(Boolean).join(' ');
  $('reader').hidden = !$('reader').textContent;

  $('tab-release').hidden = !issue?.releases.length;
  for (const tab of all('[data-view]:is(button)')) {
    const selected = tab.dataset.view === wish.view;
    tab.setAttribute('aria-selected', selected);
    tab.tabIndex = selected ? 0 : -1;
  }
  $('stage').setAttribute('aria-labelledby', `tab-${wish.view}`);
  $('count').textContent = project.outbox.toLocaleString('en');
  $('count').hidden = !project.outbox;

  const releases = issue?.releases ?? [];
  $('releases').hidden = wish.view !== 'release' || releases.length < 2;
  fill($('release'), releases.map((slug) => new Option(slug, slug)), wish.release, false);
  $('formats').hidden = wish.view !== 'release' && wish.view !== 'outbox';
  $('formats').querySelector('[data-format="raw"]').hidden = wish.view === 'release';
  $('widths').hidden = wish.view === 'raw' || (wish.view === 'outbox' && wish.format === 'raw');
  $('schemes').hidden = (wish.view === 'release' || wish.view === 'outbox' ? wish.format : wish.view) !== 'html';
  for (const key of ['width', 'scheme', 'lang', 'format']) {
    for (const button of all(`button[data-${key}]`)) button.setAttribute('aria-pressed', button.dataset[key] === wish[key]);
  }
}

/** Fills a list, and leaves it alone where nothing is new: it may be open. */
function fill(select, options, value, disabled) {
  const lines = (list) => JSON.stringify([...list].map((one) => [one.value, one.text]));
  if (lines(options) !== lines(select.options)) select.replaceChildren(...options);
  select.value = value;
  select.disabled = disabled;
}

/** "français" for "fr": each language in its own words. */
function languageName(code) {
  try {
    const name = new Intl.DisplayNames([code], { type: 'language' }).of(code);
    return name[0].toLocaleUpperCase(code) + name.slice(1);
  } catch { return code.toUpperCase(); }
}

/* ---- An issue: message, plain text, raw message, press release -------------------------------------------------------- */

/** Fetches what the view needs; gives the function that paints it. */
async function prepareIssue() {
  if (!project.issues.length) {
    return nothing('No issue yet', 'An issue is a folder of texts and images under `issues/`. Make the first one with the command below, with a short name of your own for SLUG, such as `spring-2015`. This page shows it as soon as it is there.', 'envoi new issue SLUG');
  }
  if (!issue) {
    return nothing('This issue is not there', `The project has no issue \`${wish.issue}\`. Choose another; if it comes back, it is shown here again.`);
  }
  const edition = [wish.issue, wish.lang].map(encodeURIComponent).join('/');
  const query = new URLSearchParams(wish.subscriber ? { subscriber: wish.subscriber } : {});
  const report = await fetchJson(`/api/issue/${edition}?${query}`);
  const key = [wish.view, wish.issue, wish.release, wish.format].join(' ');
  const paintReport = () => { paintHead(report); paintDiagnostics(report); };
  const troubled = report.diagnostics.length ? ['diagnostics'] : [];

  if (wish.view === 'release') {
    const address = `/release/${encodeURIComponent(wish.release)}/${encodeURIComponent(wish.lang)}`;
    const content = await attempt(() => (wish.format === 'text' ? prepareText(`${address}/text`) : prepareFrame(address, 'Press release', { probe: true })));
    return () => {
      paintReport();
      document.title = `${wish.release} · envoi`;
      panes(...troubled, content.pane);
      content(arrive(key));
    };
  }
  if (!report.rendered) {
    return () => { arrive(key); paintReport(); panes('diagnostics'); document.title = 'Errors · envoi'; };
  }
  if (wish.view === 'html') query.set('scheme', wish.scheme);
  const address = `/issue/${edition}/${wish.view}?${query}`;
  const content = wish.view === 'html' ? await prepareFrame(address, 'Message') : await prepareText(address, { raw: wish.view === 'raw' });
  return () => {
    paintReport();
    document.title = `${report.subject} · envoi`;
    panes('head', ...troubled, content.pane);
    content(arrive(key));
  };
}

/** What `prepare` gives; or, where the server refuses, a notice with its reason (a release without this language, say). */
async function attempt(prepare) {
  try { return await prepare(); } catch (problem) {
    if (!problem.status) throw problem;
    const paint = () => notice('There is nothing to show here', problem.status === 404 ? 'It does not exist in this language or in this form.' : 'The preview answered:', problem.status === 404 ? '' : problem.message);
    return Object.assign(paint, { pane: 'notice' });
  }
}

/** The head of the message: the row of the inbox, the subject, the facts, and a plain warning before Gmail cuts it off. */
function paintHead(report) {
  if (!report.rendered) return;
  $('inbox').hidden = false;
  $('inbox-sender').textContent = report.from.replace(/\s*<[^>]*>\s*$/, '').replace(/^"(.*)"$/, '$1') || report.from;
  $('inbox-subject').textContent = report.subject;
  $('inbox-preheader').textContent = report.preheader || 'no preheader: the first words of the message stand here';
  $('inbox-preheader').className = report.preheader ? '' : 'absent';
  $('inbox-date').textContent = issue.date ?? '';
  $('subject').textContent = report.subject;
  for (const id of ['subject', 'inbox-subject', 'inbox-preheader']) $(id).lang = wish.lang;

  const share = report.html_bytes / GMAIL_CLIPS_AT;
  const level = report.clipped || share > 1 ? 'over' : share >= NEAR ? 'near' : 'well';
  const fill = make('i');
  fill.style.width = `${Math.min(100, share * 100)}%`;
  const gauge = make('span', { className: 'gauge' }, fill);
  gauge.dataset.level = level;
  gauge.setAttribute('aria-hidden', 'true');
  const size = [kilobytes(report.html_bytes), gauge, `of ${kilobytes(GMAIL_CLIPS_AT)} that Gmail shows`];
  paintFacts(['From', report.from], ['To', report.to], ['HTML', ...size], ['Whole message', kilobytes(report.message_bytes)]);

  $('caution').hidden = level === 'well';
  $('caution').dataset.level = level;
  $('caution').textContent = level === 'over'
    ? `Gmail will cut this message off: it shows ${plural(GMAIL_CLIPS_AT, 'byte')} of HTML, and this message has ${plural(report.html_bytes, 'byte')}. Shorten it, or make two issues of it.`
    : `Close to the size at which Gmail cuts messages off: ${plural(report.html_bytes, 'byte')} of HTML, of ${plural(GMAIL_CLIPS_AT, 'byte')} that it shows.`;
}

function paintFacts(...facts) {
  $('facts').replaceChildren(...facts.map(([name, ...value]) => make('div', {}, make('dt', {}, name), make('dd', { dir: 'auto' }, ...value))));
}

let told = '';

/** The panel of errors and warnings: errors first; above a message the first two, instead of a message all. */
function paintDiagnostics({ diagnostics, rendered }) {
  const panel = $('diagnostics');
  const news = JSON.stringify([diagnostics, rendered]);
  if (news === told) return; // else every save would fold the list up and read it out again
  told = news;
  const errors = diagnostics.filter((one) => one.severity === 'error');
  const warnings = diagnostics.filter((one) => one.severity !== 'error');
  const counts = [errors.length && plural(errors.length, 'error'), warnings.length && plural(warnings.length, 'warning')].filter(Boolean).join(', ');
  const findings = [...errors, ...warnings].map(finding);
  const rest = rendered ? findings.slice(2) : [];
  for (const one of rest) one.hidden = true;
  panel.replaceChildren(make('h2', {}, rendered ? counts : `This edition cannot be shown yet: ${counts || 'no reason was given'}`));
  if (!rendered) panel.append(make('p', {}, 'Mend the text and save it: the page follows by itself.'));
  panel.append(make('ol', {}, ...findings));
  if (rest.length) {
    const more = make('button', { className: 'more' }, `Show ${rest.length} more`);
    more.addEventListener('click', () => { for (const one of rest) one.hidden = false; more.remove(); });
    panel.append(more);
  }
}

function finding({ severity, message, path, line, column, source, hints }) {
  const kind = severity === 'error' ? 'error' : 'warning';
  const item = make('li', { className: `finding ${kind}` }, make('p', {}, make('span', { className: 'kind' }, kind === 'error' ? 'Error' : 'Warning'), ...prose(message)));
  if (path) item.append(make('p', { className: 'where' }, make('code', {}, [path, line, column].filter(Boolean).join(':'))));
  if (source) item.append(make('pre', {}, ...marked(source, column)));
  for (const hint of hints ?? []) item.append(make('p', { className: 'hint' }, ...prose(hint)));
  return item;
}

/** The source line with the word at the column underlined (columns count characters, from 1). */
function marked(source, column) {
  const characters = [...source.replace(/\s+$/, '')];
  if (!column || column > characters.length) return [characters.join('')];
  const tail = characters.slice(column - 1).join('');
  const word = tail.match(/^\{\{.*?\}\}|^[\p{L}\p{N}_.@-]+|^\S+|^./u)?.[0] ?? '';
  return [characters.slice(0, column - 1).join(''), make('mark', {}, word), tail.slice(word.length)];
}

/* ---- The device: a frame or a text on a screen ----------------------------------------------------------------------------- */

/**
 * Loads an address into a new frame behind the one that is shown; gives the function that puts it in its place.
 * With `probe`, asks first whether the server has anything there: a frame would not tell.
 */
async function prepareFrame(address, title, { probe = false } = {}) {
  if (probe) await fetchText(address);
  const frame = make('iframe', { className: 'incoming', title });
  frame.setAttribute('sandbox', 'allow-same-origin allow-popups allow-popups-to-escape-sandbox');
  const { scheme } = wish;
  frame.style.width = `${screenWidth()}px`;
  frame.src = address;
  const loaded = new Promise((resolve) => { frame.addEventListener('load', resolve, { once: true }); setTimeout(resolve, 3000); });
  $('screen').append(frame);
  await loaded;
  const paint = (same) => {
    const old = $('frame');
    const scrolled = same ? inside(old)?.scrollingElement?.scrollTop ?? 0 : 0;
    for (const one of all('iframe')) if (one !== frame) one.remove(); // with it those that came too late
    $('text').hidden = true;
    frame.id = 'frame';
    frame.className = '';
    const page = inside(frame);
    if (page?.documentElement) {
      dress(page, scheme);
      page.addEventListener('keydown', onKey);
      page.addEventListener('click', onAnchor);
      page.documentElement.style.scrollbarWidth = 'none'; // the frame is as tall as the page, or a telephone
      new ResizeObserver(() => requestAnimationFrame(fit)).observe(page.body ?? page.documentElement);
    }
    fit();
    if (page?.scrollingElement) page.scrollingElement.scrollTop = scrolled;
  };
  return Object.assign(paint, { pane: 'device' });
}

/** The document in a frame, if the browser lets us see it. */
function inside(frame) {
  try { return frame?.contentDocument ?? null; } catch { return null; }
}

/** Makes a page take the light or dark colours that it has, whatever the computer prefers; a page without any stays as it is. */
function dress(page, scheme) {
  const settled = (media) => media.replace(/\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/gi, (_, asked) => (asked.toLowerCase() === scheme ? '(min-width: 0px)' : '(max-width: 0px)'));
  const visit = (rule) => {
    if (rule.media && /prefers-color-scheme/i.test(rule.media.mediaText)) rule.media.mediaText = settled(rule.media.mediaText);
    for (const inner of rule.cssRules ?? []) visit(inner);
  };
  for (const sheet of page.styleSheets) { try { visit(sheet); } catch { /* a sheet from elsewhere is not ours to read */ } }
  for (const source of page.querySelectorAll('source[media]')) source.media = settled(source.media);
  const schemes = `${page.querySelector('meta[name="color-scheme" i]')?.content} ${getComputedStyle(page.documentElement).colorScheme}`;
  if (schemes.includes(scheme)) page.documentElement.style.colorScheme = scheme;
}

/** A link from a message to a place in it goes there, and not to a new tab as every other link does. */
function onAnchor(event) {
  const name = event.target.closest?.('a[href^="#"]')?.getAttribute('href').slice(1);
  if (name === undefined) return;
  event.preventDefault();
  const page = event.currentTarget;
  (page.getElementById(name) ?? page.getElementsByName(name)[0])?.scrollIntoView();
}

/** Fetches a text; gives the function that shows it. Of a raw message the names of the header fields are set off. */
async function prepareText(address, { raw = false } = {}) {
  const limit = 500000; // characters: what follows in a raw message is the code of its images
  const text = (await fetchText(address)).replace(/\r\n/g, '\n');
  const paint = (same) => {
    const scrolled = same ? $('text').scrollTop : 0;
    for (const frame of all('iframe')) frame.remove();
    const end = raw ? text.indexOf('\n\n') : 0;
    const header = text.slice(0, end).split(/^([!-9;-~]+:)/m).map((part, i) => (i % 2 ? make('b', {}, part) : part));
    $('text').replaceChildren(...header, text.slice(Math.max(0, end), limit), text.length > limit ? `\n\n[… and ${kilobytes(text.length - limit)} more]` : '');
    $('text').hidden = false;
    fit();
    $('text').scrollTop = scrolled;
  };
  return Object.assign(paint, { pane: 'device' });
}

const telephone = () => wish.width === 'phone' && !$('widths').hidden;
const room = () => (narrow.matches ? document.documentElement.clientWidth : $('sheet').clientWidth - (telephone() ? 22 : 2)); // less the edge of the screen

/** The width in CSS pixels that the message is laid out for; the screen may show it smaller. */
function screenWidth() {
  return telephone() ? 375 : Math.min(1000, Math.max(760, room()));
}

/** Sizes the screen: a window as tall as the message, or a telephone that scrolls; scaled down where the page is narrow. */
function fit() {
  if ($('device').hidden) return;
  const frame = $('frame');
  const page = inside(frame)?.documentElement;
  const width = frame ? screenWidth() : Math.min(room(), telephone() ? 375 : 1000);
  const scale = Math.min(1, room() / width);
  $('device').dataset.width = telephone() ? 'phone' : 'desktop';
  const fixed = telephone() && !narrow.matches ? Math.min(780, Math.max(460, innerHeight - 125)) : null;
  let height = fixed;
  if (frame) {
    frame.style.width = `${width}px`;
    frame.style.transform = scale < 1 ? `scale(${scale})` : '';
    if (!height && page) {
      frame.style.height = '0'; // else a page never gets shorter than its frame
      height = Math.max(320, page.scrollHeight);
    }
    height ??= innerHeight * .8;
    frame.style.height = `${height}px`;
  }
  $('screen').style.width = `${Math.floor(width * scale)}px`;
  $('screen').style.height = height ? `${Math.ceil(height * scale)}px` : '';
  $('inbox').classList.toggle('stacked', $('head').clientWidth < 560);
  $('caption').hidden = !(scale < .99);
  $('caption').textContent = `Shown at ${Math.round(scale * 100)} % of its size`;
}

/* ---- The outbox ----------------------------------------------------------------------------------------------------------------- */

async function prepareOutbox() {
  caught = (await fetchJson('/api/outbox')).messages;
  project.outbox = Math.max(project.outbox, caught.length);
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

/** New messages are no files of the project: while the outbox is on the page, it looks now and then whether there are any. */
async function lookForMail() {
  if (wish.view !== 'outbox' || document.hidden || document.body.dataset.ready !== 'true') return;
  try {
    const { messages } = await fetchJson('/api/outbox');
    if (messages.length !== caught.length || messages[0]?.id !== caught[0]?.id) { outdated = true; refresh(); }
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
