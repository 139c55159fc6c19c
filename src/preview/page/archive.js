/* The archive as `envoi archive` would write it now: its index in a language, and which issues it leaves out. */

import { prepareFrame } from './device.js';
import { arrive, attempt, nothing, paintFacts, panes } from './stage.js';
import { project, wish } from './state.js';
import { $, fetchJson, languageName, make, plural, prose } from './tools.js';

export async function prepareArchive() {
  const { languages, left_out, diagnostics } = await fetchJson('/api/archive');
  if (diagnostics.length) {
    const [first] = diagnostics;
    return nothing('There is no archive yet', [first.message, ...first.hints].join('. ') + '.', [first.path, first.line].filter(Boolean).join(':'));
  }
  const pages = languages.find((one) => one.lang === wish.lang) ?? languages[0];
  const address = pages ? `/archive/${encodeURIComponent(pages.lang)}/index.html` : '/archive/index.html';
  const content = await attempt(() => prepareFrame(address, 'Archive', { probe: true }));
  return () => {
    document.title = 'Archive · envoi';
    $('inbox').hidden = true;
    $('caution').hidden = true;
    $('subject').textContent = 'Archive and press room';
    $('subject').removeAttribute('lang');
    const others = languages.filter((one) => one !== pages).map((one) => `${languageName(one.lang)} ${one.pages}`);
    paintFacts(['Shown', pages ? `${languageName(pages.lang)}, ${plural(pages.pages, 'page')}` : 'nothing has appeared yet'], ...(others.length ? [['Also in', others.join(', ')]] : []));
    paintLeftOut(left_out);
    panes('head', ...(left_out.length ? ['left-out'] : []), content.pane);
    content(arrive(['archive', pages?.lang].join(' ')));
  };
}

/** The issues that readers do not find there: drafts, and those under embargo. */
function paintLeftOut(left) {
  const row = ({ slug, why }) => {
    const title = project.issues.find((one) => one.slug === slug)?.subject || slug;
    const state = make('span', { className: 'state' }, ...prose(why));
    state.dataset.state = why.startsWith('under embargo') ? 'embargo' : 'draft';
    return make('li', {}, make('span', { dir: 'auto' }, title), state);
  };
  $('left-out').replaceChildren(make('h2', {}, `Left out: ${plural(left.length, 'issue')}`), make('ul', {}, ...left.map(row)));
}
