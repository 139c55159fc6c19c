/* Small tools that every other file uses: elements, words, questions to the server. */

export const $ = (id) => document.getElementById(id);
export const all = (selector) => [...document.querySelectorAll(selector)];

/** An element with properties and children; children are nodes or text, never markup. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** A sentence in which `words between backticks` are set as code. */
export const prose = (text) => String(text).split('`').map((part, i) => (i % 2 ? make('code', {}, part) : part));

export const plural = (n, word) => `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;
export const kilobytes = (bytes) => (bytes < 10240 ? (bytes / 1024).toFixed(1) : Math.round(bytes / 1024).toLocaleString('en')) + ' KB';
export const narrow = matchMedia('(max-width: 860px)');

/** An answer of the server that is not 200; status 0: no answer at all. */
export class Refusal extends Error {
  constructor(status, body) { super(body || `The server answered ${status}.`); this.status = status; }
}

/** The text at an address of this server, or a `Refusal`. */
export async function fetchText(url) {
  const [response, body] = await fetch(url, { cache: 'no-store' }).then(async (response) => [response, await response.text()])
    .catch(() => { throw new Refusal(0, 'no answer'); });
  if (!response.ok) throw new Refusal(response.status, body.trim());
  return body;
}
export const fetchJson = async (url) => JSON.parse(await fetchText(url));

/** Fills a list, and leaves it alone where nothing is new: it may be open. */
export function fill(select, options, value, disabled) {
  const lines = (list) => JSON.stringify([...list].map((one) => [one.value, one.text]));
  if (lines(options) !== lines(select.options)) select.replaceChildren(...options);
  select.value = value;
  select.disabled = disabled;
}

/** "français" for "fr": each language in its own words. */
export function languageName(code) {
  try {
    const name = new Intl.DisplayNames([code], { type: 'language' }).of(code);
    return name[0].toLocaleUpperCase(code) + name.slice(1);
  } catch { return code.toUpperCase(); }
}
