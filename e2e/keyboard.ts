import type { Page } from 'playwright-core';

/** More stops than any page has; a part that is not there yet may come in meanwhile. */
const MOST_STOPS = 400;

/** What a person does who has no mouse: goes on until something has the focus, then types or presses Enter. */
export interface Keyboard {
  /** Presses a button, or whatever Enter acts on, by its test id. */
  press(testId: string): Promise<void>;
  type(testId: string, text: string): Promise<void>;
  /** How often something was pressed. */
  presses(): number;
}

export function keyboardOn(page: Page): Keyboard {
  let presses = 0;
  const hasFocus = (testId: string) =>
    page.evaluate((id) => document.activeElement?.closest(`[data-testid="${id}"]`) !== null, testId);

  async function reach(testId: string): Promise<void> {
    await page.locator(`[data-testid="${testId}"]:enabled, a[data-testid="${testId}"]`).first().waitFor();
    for (let stop = 0; stop < MOST_STOPS; stop++) {
      if (await hasFocus(testId)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`The keyboard alone never comes to ${testId}.`);
  }

  return {
    async press(testId) {
      await reach(testId);
      presses++;
      await page.keyboard.press('Enter');
    },
    async type(testId, text) {
      await reach(testId);
      await page.keyboard.press('Control+a');
      await page.keyboard.type(text);
    },
    presses: () => presses,
  };
}
