// Two ways to use a page. Both know only the hooks: names and values of controls, `data-action`,
// `data-value`, and the one submit button of a form.

/** What is pressed, as a selector below the screen. */
export const SUBMIT = 'button[type=submit]';
export const action = (name, value) =>
  value === undefined ? `[data-action="${name}"]` : `[data-action="${name}"][data-value="${value}"]`;

/** Presses with a pointer, on the labels where there are labels. */
export class Mouse {
  constructor(screen) {
    this.screen = screen;
  }

  async press(selector) {
    await this.screen.locator(selector).first().click();
  }

  async choose(name, values) {
    const options = this.screen.locator(`input[name="${name}"]`);
    for (const option of await options.all()) {
      const isWanted = values.includes(await option.inputValue());
      if (isWanted !== (await option.isChecked())) {
        const id = await option.getAttribute('id');
        await this.screen.locator(`label[for="${id}"]`).click();
      }
    }
  }

  async write(name, text) {
    const box = this.screen.locator(`[name="${name}"]`);
    await box.click();
    await box.fill(text);
  }
}

/** Presses keys, and nothing else: Tab to get about, arrows and space to choose. */
export class Keyboard {
  constructor(screen) {
    this.screen = screen;
    this.page = screen.page();
  }

  async press(selector) {
    await this.tabTo(selector);
    await this.page.keyboard.press('Enter');
  }

  async choose(name, values) {
    const options = this.screen.locator(`input[name="${name}"]`);
    const all = await options.evaluateAll((list) => list.map((it) => it.value));
    if ((await options.first().getAttribute('type')) === 'radio') {
      const at = all.indexOf(values[0]);
      const chosen = await options.evaluateAll((list) => list.findIndex((it) => it.checked));
      await this.tabToControl(name);
      for (let steps = at - Math.max(chosen, 0); steps > 0; steps--) await this.page.keyboard.press('ArrowDown');
      if (chosen < 0 && at === 0) await this.page.keyboard.press('Space');
    } else {
      for (const value of all) {
        const option = this.screen.locator(`input[name="${name}"][value="${value}"]`);
        if (values.includes(value) === (await option.isChecked())) continue;
        await this.tabToControl(name, value);
        await this.page.keyboard.press('Space');
      }
    }
  }

  async write(name, text) {
    await this.tabToControl(name);
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.type(text);
  }

  async tabToControl(name, value) {
    const selector = value ? `[name="${name}"][value="${value}"]` : `[name="${name}"]`;
    await this.tabTo(selector);
  }

  /** Tab until what has focus matches. */
  async tabTo(selector) {
    for (let presses = 0; presses < 100; presses++) {
      const isThere = await this.page.evaluate((wanted) => {
        let focused = document.activeElement;
        while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
        return Boolean(focused?.matches(wanted));
      }, selector);
      if (isThere) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`the Tab key never comes to ${selector}`);
  }
}
