// Runs in the page: answers page by page by script until a screen, for tests about what comes then.

export async function skip({ within, address, answers, most = 40 }) {
  const root = document.querySelector(within).shadowRoot;
  const look = () => root.querySelector('[data-screen]');
  const heading = () => root.querySelector('[part=heading]');
  const pause = () => new Promise((done) => { setTimeout(done); });
  const path = [];
  for (let pages = 0; pages < most; pages++) {
    const screen = look();
    const before = heading();
    const at = [screen.dataset.screen, screen.dataset.key].filter(Boolean).join(':');
    if (at === address) return path;
    path.push(at);
    for (const control of screen.querySelectorAll('input[name], textarea[name]')) {
      const values = answers[control.name];
      if (values === undefined) continue;
      if (control.type === 'radio' || control.type === 'checkbox') {
        if (values.includes(control.value) === control.checked) continue;
        if (control.type === 'radio' && control.checked) continue;
        control.click();
      } else {
        control.value = values[0];
        control.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
      }
      await pause();
    }
    // As somebody who takes their time over a story (`watch`).
    const isStory = screen.querySelector('[name=account]');
    for (let waits = 0; isStory && window.meaning === 'due' && waits < 1000; waits++) await pause();
    const way = answers.choices?.[screen.dataset.key];
    const choose = way ? `[data-action=choose][data-value="${way}"]` : '[data-action=choose]';
    const button = { start: '[data-action=start]', advice: choose }[screen.dataset.screen];
    screen.querySelector(button ?? 'button[type=submit]').click();
    for (let waits = 0; heading() === before; waits++) {
      if (waits > 200) throw new Error(`no way on from ${at}: ${root.querySelector('[data-errors]')?.innerText}`);
      await pause();
    }
  }
  if (!address) return path;
  throw new Error(`no way to ${address} by ${path.join(', ')}`);
}
