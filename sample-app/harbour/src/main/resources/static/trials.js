// Starts and stops trials, and changes a setting at run time.

const list = document.getElementById('trials-list');
const status = document.getElementById('trials-running');
const stop = document.getElementById('trials-stop');
const buttons = new Map();
let trials = [];

async function refresh() {
  try {
    const view = await (await fetch('trials')).json();
    trials = view.trials;
    trials.forEach((trial) => buttons.has(trial.name) || addButton(trial));
    show(view.running);
  } catch (unreachable) {
    status.textContent = 'The application does not respond.';
  }
}

function addButton(trial) {
  const button = document.createElement('button');
  button.type = 'button';
  button.name = trial.name;
  button.title = trial.text;
  button.textContent = trial.title;
  button.style.setProperty('--cause', `var(--gc-${trial.cause})`);
  button.addEventListener('click', () => start(trial));
  buttons.set(trial.name, button);
  list.append(button);
}

async function start(trial) {
  // First: once the button is pressed, the user may have chosen another target.
  document.querySelector('[name="gc-target"][value="trials"]')?.click();
  await fetch(`trials/running/${trial.name}`, { method: 'PUT' });
  await refresh();
}

stop.addEventListener('click', async () => {
  await fetch('trials/running', { method: 'DELETE' });
  await refresh();
});

function show(running) {
  stop.disabled = !running;
  for (const [name, button] of buttons) {
    button.setAttribute('aria-pressed', String(running?.name === name));
  }
  if (!running) {
    status.textContent = 'No trial runs.';
    return;
  }
  const trial = trials.find((each) => each.name === running.name);
  const ended = Object.entries(running.outcomes).map(([code, count]) => `${count} ${code}`);
  status.textContent = `${trial.text} ${running.secondsLeft} s left.`
    + (ended.length > 0 ? ` Calls ended: ${ended.join(', ')}.` : '');
}

const form = document.getElementById('deadline');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const value = new FormData(form).get('value');
  const response = await fetch(`settings/deadline?value=${encodeURIComponent(value)}`, {
    method: 'PUT',
  });
  const changed = response.ok ? await response.json() : [];
  form.querySelector('output').textContent = response.ok
    ? `Changed: ${changed.join(', ') || 'nothing, the deadline was the same'}.`
    : `“${value}” is no duration, such as 2s or 500ms.`;
});

await refresh();
setInterval(refresh, 1000);
