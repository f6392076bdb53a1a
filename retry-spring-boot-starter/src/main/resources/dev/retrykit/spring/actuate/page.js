'use strict';
const EVERY_MS = 2000;
const SAMPLES = 90;
const HERE = location.pathname.replace(/\/$/, '');
const STATES = ['FORCED_OPEN', 'OPEN', 'HALF_OPEN', 'DISABLED', 'CLOSED'];
const LOOK = {FORCED_OPEN: 'bad', OPEN: 'bad', HALF_OPEN: 'warn', DISABLED: 'off', CLOSED: 'good'};
const ACTIONS = [
  ['FORCED_OPEN', 'Force open', 'All calls are rejected immediately, as if the dependency were down.', true],
  ['CLOSED', 'Close', 'Calls are permitted again, and the window starts empty.', false],
  ['DISABLED', 'Disable', 'All calls are permitted, regardless of failures.', true],
  ['HALF_OPEN', 'Probe now', 'A few calls are permitted; their outcome decides whether the circuit closes.', false]];
const MEANING = {success: 'on the first attempt', recovered: 'after retries', failed: 'failed', rejected: 'rejected'};
const $ = id => document.getElementById(id);
const meta = name => document.querySelector('meta[name="retrykit-' + name + '"]').content;
/** Inside another page's frame, a click may be intended for that page. */
const writable = meta('writable') === 'true' && window.top === window.self;
const number = new Intl.NumberFormat('en', {maximumFractionDigits: 1});
const shown = new Map();
const past = new Map();
let report = null;
let met = null;
let receivedAt = 0;
let paused = false;
let timer = 0;

/** Creates an element from texts and other elements. Nothing is parsed as HTML, because names and values come from outside. */
function element(tag, looks, ...children) {
  const made = document.createElement(tag);
  if (looks) { made.className = looks; }
  made.append(...children);
  return made;
}

function time(ms) {
  if (ms < 1000) { return Math.round(ms) + ' ms'; }
  const seconds = ms / 1000;
  if (seconds < 60) { return number.format(seconds) + ' s'; }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? minutes + ' min ' + Math.floor(seconds % 60) + ' s' : Math.floor(minutes / 60) + ' h ' + minutes % 60 + ' min';
}

const sum = counts => Object.values(counts).reduce((one, other) => one + other, 0);
const percent = (part, whole) => whole ? number.format(part * 100 / whole) + ' %' : 'none yet';
const words = text => text.toLowerCase().replaceAll('_', ' ');

/** Stores a sample of the current report; a report that is drawn again replaces its sample. */
function remember(key, sample) {
  const samples = past.get(key) || [];
  sample.at = receivedAt;
  if (samples.length && samples[samples.length - 1].at === receivedAt) { samples.pop(); }
  samples.push(sample);
  if (samples.length > SAMPLES) { samples.shift(); }
  past.set(key, samples);
  return samples;
}

function spark(samples, what) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'spark');
  svg.setAttribute('viewBox', '0 0 ' + (SAMPLES - 1) + ' 100');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  const rates = samples.map(sample => sample.rate);
  svg.setAttribute('aria-label', what + ' in the last ' + time(samples.length * EVERY_MS) + ': now '
      + number.format(rates[rates.length - 1]) + ' %, at most ' + number.format(Math.max(...rates)) + ' %');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  const first = SAMPLES - rates.length;
  const points = rates.map((rate, i) => (first + i) + ',' + (97 - rate * .94));
  line.setAttribute('points', [(first - 1) + ',' + (97 - rates[0] * .94), ...points].join(' '));
  svg.append(line);
  return svg;
}

function bar(parts, label) {
  const made = element('div', 'bar');
  made.setAttribute('role', 'img');
  made.setAttribute('aria-label', label);
  const whole = parts.reduce((all, part) => all + part[1], 0);
  for (const [look, value] of parts) {
    const piece = element('i', look);
    piece.style.width = whole ? value * 100 / whole + '%' : '0';
    made.append(piece);
  }
  return made;
}

/** Loads the settings when they are opened; they stay unchanged while the rest is redrawn. */
async function showSettings(more, of) {
  const answer = await read('/' + of).catch(() => ({}));
  more.replaceChildren(more.firstChild, answer.settings ? settings(answer.settings) : element('p', 'line quiet', 'See the settings of its policy.'));
}

function settings(of) {
  const table = element('table', '', element('caption', 'quiet', 'Settings and their origins'));
  for (const [key, setting] of Object.entries(of)) {
    const head = element('th', '', key);
    head.scope = 'row';
    const value = Array.isArray(setting.value) ? setting.value.join(', ') : String(setting.value);
    table.append(element('tr', '', head, element('td', '', value), element('td', 'quiet', setting.origin)));
  }
  return table;
}

function methods(list) {
  return element('p', 'line quiet', list && list.length ? 'Used by ' + list.join(', ') : 'Not used by any method.');
}

function drawCircuit(name, it) {
  const look = LOOK[it.state];
  const samples = remember('circuit ' + name, {rate: it.failureRate || 0});
  const parts = [element('div', 'head', element('h3', '', name), element('span', 'state', it.state))];
  if (it.nextProbeInMs !== undefined || it.endsInMs !== undefined) {
    const probe = element('p', 'line probe');
    probe.dataset.until = it.nextProbeInMs !== undefined && it.state !== 'HALF_OPEN' ? it.nextProbeInMs : it.endsInMs;
    probe.dataset.what = it.state === 'DISABLED' ? 'Closed in ' : it.state === 'HALF_OPEN' ? 'This round of probes ends in ' : 'Next probe in ';
    parts.push(probe);
  }
  parts.push(element('p', 'line', it.failureRate === undefined ? 'No calls in the window.'
      : number.format(it.failureRate) + ' % of ' + number.format(it.calls) + ' calls failed, ' + number.format(it.slowCallRate) + ' % were slow.'));
  parts.push(element('p', 'line quiet', number.format(it.rejected) + ' rejected since startup'));
  if (it.keys) {
    parts.push(element('p', 'line', 'Keys: ' + (Object.entries(it.keys).map(([state, n]) => n + ' ' + words(state)).join(', ') || 'none yet')));
  }
  if (it.unkeyed) {
    parts.push(element('p', 'line', 'Calls without a key, or with a key beyond the limit: ' + words(it.unkeyed)));
  }
  for (const [key, state] of Object.entries(it.troubled || {}).slice(0, 5)) {
    parts.push(element('p', 'line quiet', key + ': ' + words(state)));
  }
  parts.push(spark(samples, 'Failure rate'), methods(it.methods));
  if (writable) {
    const buttons = element('div', 'buttons');
    for (const action of ACTIONS.filter(action => action[0] !== it.state)) {
      const button = element('button', '', action[1]);
      button.type = 'button';
      button.dataset.key = action[0];
      button.setAttribute('aria-label', action[1] + ': circuit ' + name);
      button.addEventListener('click', () => ask(name, action));
      buttons.append(button);
    }
    parts.push(buttons);
  }
  return {look, parts, has: 'circuits/' + encodeURIComponent(name), trouble: STATES.indexOf(it.state) * 1000 - (it.failureRate || 0)};
}

function drawPolicy(name, it) {
  const calls = sum(it.calls);
  const lost = it.calls.failed + it.calls.rejected;
  const samples = remember('policy ' + name, {calls, lost});
  const recent = lost - samples[0].lost;
  const delays = Object.values(it.delays).reduce((all, delay) => all + delay.totalMs, 0);
  const look = recent > 0 ? 'bad' : lost > 0 ? 'warn' : calls > 0 ? 'good' : '';
  const order = ['success', 'recovered', 'failed', 'rejected'];
  const outcomes = order.filter(outcome => it.calls[outcome]).map(outcome => number.format(it.calls[outcome]) + ' ' + MEANING[outcome]).join(', ');
  const parts = [
    element('div', 'head', element('h3', '', name),
        element('span', 'state', recent > 0 ? number.format(recent) + ' FAILED RECENTLY' : '')),
    bar(order.map(outcome => [outcome, it.calls[outcome]]), outcomes),
    element('p', 'line', calls ? outcomes : 'No calls yet.')];
  if (calls) {
    parts.push(element('p', 'line', 'Attempts per call: ' + number.format(it.attempts / calls) + '; '
        + (delays ? time(delays) + ' of delays, ' + percent(delays, it.callMs) + ' of the total duration of calls' : 'no delays')));
    const stops = Object.entries(it.stops).filter(([reason]) => reason !== 'success').map(([reason, n]) => words(reason) + ' ' + number.format(n));
    parts.push(element('p', 'line quiet', stops.length ? 'Ended by ' + stops.join(', ') : 'All calls ended successfully'));
  }
  parts.push(element('p', 'line quiet', 'Budget: ' + it.budget), methods(it.methods));
  return {look, parts, has: 'policies/' + encodeURIComponent(name), trouble: -recent * 1e6 - (calls ? lost / calls : 0) * 1000 - (calls ? 1 : 0)};
}

function drawBudget(name, it) {
  if (it.available === undefined) {
    return {look: '', trouble: 1e9, has: 'budgets/' + encodeURIComponent(name), parts: [element('h3', '', name),
      element('p', 'line', 'Unlimited; ' + number.format(it.granted) + ' retries granted')]};
  }
  const samples = remember('budget ' + name, {denied: it.denied});
  const denies = it.denied > samples[0].denied;
  const full = Math.max(it.available, it.reserve, ...samples.map(sample => sample.full || 0), 1);
  samples[samples.length - 1].full = full;
  const available = number.format(it.available) + ' retries available';
  return {look: denies ? 'bad' : it.available === 0 ? 'warn' : 'good', trouble: (denies ? -1e6 : 0) + it.available, has: 'budgets/' + encodeURIComponent(name), parts: [
    element('div', 'head', element('h3', '', name), element('span', 'state', denies ? 'DENIES RETRIES' : '')),
    bar([['level', it.available], ['', full - it.available]], available),
    element('p', 'line', available + ', ' + number.format(it.reserve) + ' of them in reserve'),
    element('p', 'line quiet', (it.successRate === undefined ? 'No attempts in the window. ' : number.format(it.successRate) + ' % of the window’s attempts succeeded. ')
        + number.format(it.granted) + ' granted, ' + number.format(it.denied) + ' denied')]};
}

function drawMethod(name, it) {
  return {look: it.guarantee === 'exactly once' ? 'good' : 'warn', trouble: it.unfenced ? -it.unfenced : 0, parts: [element('h3', '', name),
    element('p', 'line', words(it.guarantee) + '; executed ' + number.format(it.executed) + ' times, '
        + number.format(it.unfenced) + ' of them unfenced')]};
}

/** The text of the column that says which rule decided; for an unknown failure, how to declare its meaning. */
function decided(it) {
  if (it.meaning !== 'unknown') { return it.rule || 'no rule'; }
  const same = met.unknown.find(other => other.failure === it.failure && other.cause === it.cause);
  return 'No rule.' + (same && same.remedy ? ' ' + same.remedy + '.' : '');
}

/** Lists unknown failures first, because they need configuration. A row stays the same element while it is shown. */
function drawFailures() {
  $('failures').hidden = !met;
  if (!met) { return; }
  const wanted = $('search').value.trim().toLowerCase();
  const isUnknown = it => it.meaning === 'unknown';
  const rows = met.failures
      .filter(it => !wanted || (it.failure + ' ' + (it.cause || '') + ' ' + it.meaning + ' ' + (it.rule || '')).toLowerCase().includes(wanted))
      .sort((one, other) => isUnknown(other) - isUnknown(one) || ($('sort').value === 'name' ? one.failure.localeCompare(other.failure) : 0));
  const all = met.failures.length;
  const others = met.others ? number.format(met.others) + ' more attempts failed in other ways than the listed ' + all + '.' : '';
  const unknown = met.unknown.length;
  $('failures-count').textContent = rows.length === all ? String(all) : rows.length + ' of ' + all;
  $('failures-note').textContent = (unknown ? 'No rule covers ' + (unknown === 1 ? 'one class' : unknown + ' classes') + ' of failures: they are not retried, and count against circuits. ' : '') + others;
  $('failures-note').hidden = !$('failures-note').textContent;
  $('failures-empty').hidden = rows.length > 0;
  $('failures-empty').textContent = all ? 'No matches.' : 'No attempt has failed yet.';
  $('failures-scroll').hidden = !rows.length;
  const drawn = rows.map(drawFailure);
  const list = $('failures-rows');
  if (drawn.length !== list.children.length || drawn.some((row, i) => list.children[i] !== row)) { list.replaceChildren(...drawn); }
}

function drawFailure(it) {
  const by = decided(it);
  const key = 'failure ' + [it.failure, it.cause, it.meaning, by].join('\n');
  let row = shown.get(key);
  if (!row) {
    const head = element('th', '', it.failure);
    head.scope = 'row';
    if (it.cause) { head.append(element('span', 'cause', 'caused by ' + it.cause)); }
    row = element('tr', it.meaning === 'unknown' ? 'unknown' : '', head, element('td', 'meaning', it.meaning),
        element('td', it.rule || it.meaning === 'unknown' ? '' : 'quiet', by), element('td', ''));
    shown.set(key, row);
  }
  row.lastChild.textContent = number.format(it.count);
  return row;
}

/** Keeps cards the same elements, so that users of a keyboard or a screen reader do not lose their position. */
function draw(section, things, drawOne) {
  const list = $(section);
  const wanted = $('search').value.trim().toLowerCase();
  const rows = Object.entries(things)
      .map(([name, it]) => ({name, it, drawn: drawOne(name, it)}))
      .filter(row => !wanted || (row.name + ' ' + (row.it.methods || []).join(' ')).toLowerCase().includes(wanted));
  const byName = (one, other) => one.name.localeCompare(other.name);
  rows.sort($('sort').value === 'name' ? byName : (one, other) => one.drawn.trouble - other.drawn.trouble || byName(one, other));
  const all = Object.keys(things).length;
  $(section + '-count').textContent = rows.length === all ? String(all) : rows.length + ' of ' + all;
  $(section + '-empty').hidden = rows.length > 0;
  $(section + '-empty').textContent = all ? 'No matches.' : 'None.';
  const cards = rows.map(row => update(section + ' ' + row.name, row.drawn));
  if (!list.contains(document.activeElement) || cards.length !== list.children.length) {
    if (cards.some((card, i) => list.children[i] !== card) || cards.length !== list.children.length) {
      list.replaceChildren(...cards);
    }
  }
}

function update(key, drawn) {
  let card = shown.get(key);
  if (!card) {
    card = element('li', 'card', element('div'));
    card.dataset.of = key;
    if (drawn.has) {
      const more = element('details', '', element('summary', '', 'Settings'));
      more.addEventListener('toggle', () => more.open && showSettings(more, drawn.has));
      card.append(more);
    }
    shown.set(key, card);
  }
  card.className = 'card ' + drawn.look;
  const body = card.firstChild;
  const focused = body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  body.replaceChildren(...drawn.parts);
  if (focused) { (body.querySelector('[data-key="' + focused + '"]') || body.querySelector('button') || card).focus(); }
  return card;
}

function drawAll() {
  draw('circuits', report.circuits, drawCircuit);
  draw('policies', report.policies, drawPolicy);
  draw('budgets', report.budgets, drawBudget);
  const idempotency = report.idempotency;
  $('idempotency').hidden = !idempotency;
  if (idempotency) {
    $('store').textContent = 'Stored in the ' + idempotency.store + ' store: '
        + Object.entries(idempotency.results).map(([result, n]) => number.format(n) + ' ' + result).join(', ');
    draw('methods', idempotency.methods, drawMethod);
  }
  drawFailures();
  const open = Object.values(report.circuits).filter(it => it.state === 'OPEN' || it.state === 'FORCED_OPEN').length;
  const text = open ? open + (open === 1 ? ' circuit is open' : ' circuits are open') : 'No circuit is open';
  if ($('summary').textContent !== text) { $('summary').textContent = text; }
  $('summary').className = open ? 'bad' : '';
  countDown();
}

function countDown() {
  for (const probe of document.querySelectorAll('.probe')) {
    const left = probe.dataset.until - (performance.now() - receivedAt);
    probe.textContent = left > 0 ? probe.dataset.what + time(left) : probe.dataset.what.replace(/ in $/, ' now');
  }
}

function notice(text, bad) {
  $('notice').textContent = text;
  $('notice').className = bad ? 'bad' : '';
  $('notice').hidden = !text;
}

async function read(what) {
  const answer = await fetch(HERE + what, {headers: {Accept: 'application/json'}, cache: 'no-store', credentials: 'same-origin'});
  if (!answer.ok) { throw new Error('HTTP ' + answer.status); }
  return answer.json();
}

async function load() {
  clearTimeout(timer);
  try {
    [report, met] = await Promise.all([read('?settings=false'), read('/failures').catch(() => met)]);
    receivedAt = performance.now();
    if ($('notice').dataset.kind === 'lost') { notice('', false); $('notice').dataset.kind = ''; }
    drawAll();
  } catch (failure) {
    $('notice').dataset.kind = 'lost';
    notice('The application is not reachable (' + failure.message + '). The data shown is outdated; retrying …', true);
  }
  timer = paused || document.hidden ? 0 : setTimeout(load, EVERY_MS);
}

function ask(name, [state, verb, meaning, timed]) {
  $('confirm-title').textContent = verb + ': ' + name + '?';
  $('confirm-text').textContent = meaning;
  $('confirm-for').hidden = !timed;
  $('duration').value = '';
  $('confirm-yes').textContent = verb;
  $('confirm').returnValue = '';
  $('confirm').onclose = () => { if ($('confirm').returnValue === 'yes') { change(name, state, timed ? $('duration').value : ''); } };
  $('confirm').showModal();
}

async function change(name, state, duration) {
  const headers = {'Content-Type': 'application/json', Accept: 'application/json'};
  const cookie = document.cookie.split('; ').find(one => one.startsWith('XSRF-TOKEN='));
  if (meta('csrf-header')) { headers[meta('csrf-header')] = meta('csrf-token'); } else if (cookie) { headers['X-XSRF-TOKEN'] = decodeURIComponent(cookie.substring(11)); }
  $('notice').dataset.kind = '';
  try {
    const answer = await fetch(HERE + '/circuits/' + encodeURIComponent(name), {method: 'POST', headers,
      credentials: 'same-origin', body: JSON.stringify(duration ? {state, for: duration} : {state})});
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) { notice('Circuit ' + name + ' is now ' + said.state + '.', false);
    } else { notice(answer.status === 403 || answer.status === 401 ? 'You are not allowed to change circuits (HTTP ' + answer.status + ').'
        : 'Circuit ' + name + ' was not changed: ' + (said.detail || 'HTTP ' + answer.status), true); }
  } catch (failure) {
    notice('Circuit ' + name + ': the application is not reachable (' + failure.message + '). It is unknown whether the circuit was changed.', true);
  }
  load();
}

$('pause').addEventListener('click', () => {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', String(paused));
  $('pause').textContent = paused ? 'Resume' : 'Pause';
  if (paused) {
    clearTimeout(timer);
    timer = 0;
  } else {
    load();
  }
});
for (const control of ['search', 'sort']) { $(control).addEventListener('input', () => report && drawAll()); }
document.addEventListener('visibilitychange', () => { if (!document.hidden && !paused) { load(); } });
setInterval(countDown, 250);
load();
