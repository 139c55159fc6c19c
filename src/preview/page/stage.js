/* The stage: which of its parts are to be seen, and what stands there instead of a message. */

import { telephone } from './device.js';
import { wish } from './state.js';
import { $, make, prose } from './tools.js';

let shownKey = ''; // what the stage holds, to know whether a scroll position still means something

/** Whether anything was shown yet. */
export const holdsSomething = () => shownKey !== '';

/** Shows these parts of the stage and hides the others. */
export function panes(...shown) {
  for (const id of ['head', 'diagnostics', 'left-out', 'notice', 'device', 'caught', 'back']) $(id).hidden = !shown.includes(id);
  $('switches').hidden = !shown.includes('device') && !shown.includes('head') && wish.view !== 'release';
  $('stage').dataset.view = wish.view;
  $('stage').toggleAttribute('data-empty', !shown.includes('caught'));
  const letter = shown.includes('head') || shown.includes('diagnostics');
  $('sheet').dataset.layout = telephone() && wish.view !== 'outbox' && letter && shown.includes('device') ? 'beside' : 'below';
}

export function notice(title, explanation, code) {
  document.title = `${title} · envoi`;
  $('notice').replaceChildren(make('h2', {}, title), make('p', {}, ...prose(explanation)), ...(code ? [make('pre', {}, code)] : []));
}

/** Gives the function that paints a notice and nothing else. */
export const nothing = (...words) => () => { arrive('none'); panes('notice'); notice(...words); };

/** To the top when something else is shown than before; where it was, when the same was only reloaded. */
export function arrive(key) {
  const same = key === shownKey;
  shownKey = key;
  if (!same) scrollTo(0, 0);
  return same;
}

/** What `prepare` gives; or, where the server refuses, a notice with its reason (a release without this language, say). */
export async function attempt(prepare) {
  try { return await prepare(); } catch (problem) {
    if (!problem.status) throw problem;
    const paint = () => notice('There is nothing to show here', problem.status === 404 ? 'It does not exist in this language or in this form.' : 'The preview answered:', problem.status === 404 ? '' : problem.message);
    return Object.assign(paint, { pane: 'notice' });
  }
}

export function paintFacts(...facts) {
  $('facts').replaceChildren(...facts.map(([name, ...value]) => make('div', {}, make('dt', {}, name), make('dd', { dir: 'auto' }, ...value))));
}
