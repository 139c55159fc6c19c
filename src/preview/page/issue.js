/* An issue: message, plain text, raw message, press release, with what is wrong and how to mend it. */

import { prepareFrame, prepareText } from './device.js';
import { arrive, attempt, nothing, paintFacts, panes } from './stage.js';
import { issue, project, wish } from './state.js';
import { $, fetchJson, kilobytes, make, plural, prose } from './tools.js';

const GMAIL_CLIPS_AT = 102400; // bytes of HTML
const NEAR = 0.9;

/** Fetches what the view needs; gives the function that paints it. */
export async function prepareIssue() {
  if (project.diagnostics.length) { // `envoi.toml` is broken: nothing can be said of any issue
    return () => { arrive('trouble'); paintDiagnostics({ diagnostics: project.diagnostics, rendered: false }, 'The project'); panes('diagnostics'); document.title = 'Errors · envoi'; };
  }
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
    const of = `?${new URLSearchParams({ issue: wish.issue })}`;
    const content = await attempt(() => (wish.format === 'text' ? prepareText(`${address}/text${of}`) : prepareFrame(`${address}${of}`, 'Press release', { probe: true })));
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
  paintFacts(['From', report.from], ['To', report.to], ['HTML', ...size], ['Whole message', kilobytes(report.message_bytes)], ...(issue.embargo ? [['Embargo', issue.embargo]] : []));

  $('caution').hidden = level === 'well';
  $('caution').dataset.level = level;
  $('caution').textContent = level === 'over'
    ? `Gmail will cut this message off: it shows ${plural(GMAIL_CLIPS_AT, 'byte')} of HTML, and this message has ${plural(report.html_bytes, 'byte')}. Shorten it, or make two issues of it.`
    : `Close to the size at which Gmail cuts messages off: ${plural(report.html_bytes, 'byte')} of HTML, of ${plural(GMAIL_CLIPS_AT, 'byte')} that it shows.`;
}

let told = '';

/** The panel of errors and warnings: errors first; above a message the first two, instead of a message all. */
function paintDiagnostics({ diagnostics, rendered }, what = 'This edition') {
  const panel = $('diagnostics');
  const news = JSON.stringify([diagnostics, rendered, what]);
  if (news === told) return; // else every save would fold the list up and read it out again
  told = news;
  const errors = diagnostics.filter((one) => one.severity === 'error');
  const warnings = diagnostics.filter((one) => one.severity !== 'error');
  const counts = [errors.length && plural(errors.length, 'error'), warnings.length && plural(warnings.length, 'warning')].filter(Boolean).join(', ');
  const findings = [...errors, ...warnings].map(finding);
  const rest = rendered ? findings.slice(2) : [];
  for (const one of rest) one.hidden = true;
  panel.replaceChildren(make('h2', {}, rendered ? counts : `${what} cannot be shown yet: ${counts || 'no reason was given'}`));
  if (!rendered) panel.append(make('p', {}, 'Mend the text and save it: the page follows by itself.'));
  panel.append(make('ol', {}, ...findings));
  if (rest.length) {
    const more = make('button', { className: 'more' }, `Show ${rest.length} more`);
    more.addEventListener('click', () => { for (const one of rest) one.hidden = false; more.remove(); });
    panel.append(more);
  }
}

function finding({ severity, code, name, message, path, line, column, width, source, hints }) {
  const kind = severity === 'error' ? 'error' : 'warning';
  const item = make('li', { className: `finding ${kind}` }, make('p', {}, make('span', { className: 'kind' }, kind === 'error' ? 'Error' : 'Warning'), ...prose(message), ...(code ? [' ', make('code', { className: 'rule', title: `${name}: envoi explain ${code}` }, code)] : [])));
  if (path) item.append(make('p', { className: 'where' }, make('code', {}, [path, line, column].filter(Boolean).join(':'))));
  if (source) item.append(make('pre', {}, ...marked(source, column, width)));
  for (const hint of hints ?? []) item.append(make('p', { className: 'hint' }, ...prose(hint)));
  return item;
}

/** The source line with the words that are meant underlined; a column alone means the word there (columns count characters, from 1). */
function marked(source, column, width) {
  const characters = [...source.replace(/\s+$/, '')];
  if (!column || column > characters.length) return [characters.join('')];
  const tail = characters.slice(column - 1).join('');
  const field = tail.match(/^\{\{.*?\}\}/u)?.[0];
  const word = field ?? (width > 1 ? characters.slice(column - 1, column - 1 + width).join('') : tail.match(/^[\p{L}\p{N}_.@-]+|^\S+|^./u)?.[0] ?? '');
  return [characters.slice(0, column - 1).join(''), make('mark', {}, word), tail.slice(word.length)];
}
