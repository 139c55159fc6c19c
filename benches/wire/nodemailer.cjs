// Sends messages of one size over a pool of connections, one message object each as its users would.
const nodemailer = require('nodemailer');
const [port, sessions, size, messages] = process.argv.slice(2).map(Number);
const transport = nodemailer.createTransport({
  host: '127.0.0.1', port, secure: false, ignoreTLS: true, pool: true, maxConnections: sessions, maxMessages: Infinity,
});
const text = 'The ferry sails at nine, at noon and at six, and whoever is late waits.\n'.repeat(Math.ceil(size / 72));
let next = 0;
async function worker() {
  while (next < messages) {
    const n = next++;
    await transport.sendMail({
      from: 'post@example.org', to: `reader${n}@example.com`, subject: 'Ferry back in service', text: `Dear reader ${n},\n${text}`,
    });
  }
}
// twice as many under way as there are connections, so that none waits for its next message
Promise.all(Array.from({ length: sessions * 2 }, worker)).then(() => transport.close());
