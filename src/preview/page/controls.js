/* The controls: the rail with issue, language and reader, the bar with views, width and colours. */

import { issue, project, wish } from './state.js';
import { $, all, fill, languageName, make } from './tools.js';

export function paintControls() {
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
    project.sample_only ? 'Sample readers, since no subscribers could be read.' : '',
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
  $('schemes').hidden = ({ release: wish.format, outbox: wish.format, archive: 'html' }[wish.view] ?? wish.view) !== 'html';
  for (const key of ['width', 'scheme', 'lang', 'format']) {
    for (const button of all(`button[data-${key}]`)) button.setAttribute('aria-pressed', button.dataset[key] === wish[key]);
  }
}
