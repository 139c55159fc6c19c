/* The device: a frame or a text on a screen, which is a window or a telephone. */

import { wish } from './state.js';
import { $, all, fetchText, kilobytes, make, narrow } from './tools.js';

/** What else is to be done with the document of every frame that is shown. */
export const onShown = [];

/**
 * Loads an address into a new frame behind the one that is shown; gives the function that puts it in its place.
 * With `probe`, asks first whether the server has anything there: a frame would not tell.
 */
export async function prepareFrame(address, title, { probe = false } = {}) {
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
      page.addEventListener('click', onAnchor);
      for (const link of page.querySelectorAll('a[href]:not([href^="#"]), area[href]')) link.target = '_blank';
      for (const extra of onShown) extra(page);
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
export async function prepareText(address, { raw = false } = {}) {
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

export const telephone = () => wish.width === 'phone' && !$('widths').hidden;
const room = () => (narrow.matches ? document.documentElement.clientWidth : $('sheet').clientWidth - (telephone() ? 22 : 2)); // less the edge of the screen

/** A telephone's width; where the page itself is on one, that one's. */
const phone = () => (narrow.matches ? Math.min(430, room()) : 375);

/** The width in CSS pixels that the message is laid out for; the screen may show it smaller. */
function screenWidth() {
  return telephone() ? phone() : Math.min(1000, Math.max(760, room()));
}

/** Sizes the screen: a window as tall as the message, or a telephone that scrolls; scaled down where the page is narrow. */
export function fit() {
  if ($('device').hidden) return;
  const frame = $('frame');
  const page = inside(frame)?.documentElement;
  const width = frame ? screenWidth() : Math.min(room(), telephone() ? phone() : 1000);
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
