/*
 * What is wished, and what there is. The wish is written in the address (#issue=…&lang=…&view=…), so that a reload or
 * a shared link shows the same; `settle` fits it to the project.
 */

import { narrow } from './tools.js';

export const CHOICES = { view: ['html', 'text', 'raw', 'release', 'archive', 'outbox'], width: ['desktop', 'phone'], scheme: ['light', 'dark'], format: ['html', 'text', 'raw'] };

export let wish = {};       // what was asked for
export let project = null;  // the answer of /api/project
export let issue = null;    // the entry of `project.issues` that is shown

/** Takes a new answer of /api/project. */
export function take(fresh) {
  project = fresh;
}

export function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  wish = { issue: '', lang: '', view: 'html', width: narrow.matches ? 'phone' : 'desktop', scheme: 'light', subscriber: '', release: '', message: '', format: 'html' };
  for (const key of Object.keys(wish)) {
    const value = given.get(key);
    if (value !== null && (CHOICES[key]?.includes(value) ?? true)) wish[key] = value;
  }
}

export function writeAddress(push) {
  const { issue, lang, view, width, scheme, subscriber, release, message, format } = wish;
  const parts = new URLSearchParams({ issue, lang, view, width, scheme, subscriber });
  if (view === 'release') parts.set('release', release);
  if (view === 'outbox' && message) parts.set('message', message);
  if (view === 'release' || view === 'outbox') parts.set('format', format);
  const hash = '#' + parts;
  if (hash !== location.hash) history[push ? 'pushState' : 'replaceState'](null, '', hash);
}

/** Fits the wish to the project: an issue that was not named is the first, a language it lacks is its first, and so on. */
export function settle() {
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
