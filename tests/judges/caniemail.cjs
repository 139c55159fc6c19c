// HTML files -> what the caniemail data says that some mail programs do not support: a line `program feature` each.
// Partial support is left out: it names nearly every property for Outlook for Windows.
const { readFileSync } = require('fs');
const { doIUseEmail } = require(process.argv[2] + '/node_modules/@jsx-email/doiuse-email');

const programs = [
  'gmail.desktop-webmail', 'gmail.ios', 'gmail.android', 'outlook.windows', 'outlook.macos', 'outlook.ios',
  'outlook.android', 'apple-mail.macos', 'apple-mail.ios', 'thunderbird.macos',
];
const found = new Set();
for (const file of process.argv.slice(3)) {
  const html = readFileSync(file, 'utf8');
  for (const program of programs) {
    for (const error of doIUseEmail(html, { emailClients: [program] }).errors ?? []) {
      const feature = /^`(.+?)` is not supported/.exec(error);
      found.add(`${program} ${feature ? feature[1] : error}`);
    }
  }
}
for (const line of [...found].sort()) console.log(line);
