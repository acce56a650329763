/** Pages of the shop. Forms are sent as plain text because their content is not used. */
const style = 'font:1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:4rem auto;padding:0 1rem';

const html = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>${title}</title><body style="${style}"><main><h1>${title}</h1>${body}</main></body></html>`;

const form = '<form method="post" action="/buy" enctype="text/plain"><button>Buy seat A1</button></form>';

export const page = {
  headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  seats: html('The shop', `<p>You are in. Seats A1 and A2 are free.</p>${form}`),
  sold: html('Seat A1 is yours', '<p>Enjoy the concert!</p>'),
};
