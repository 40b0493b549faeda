// A mail server on loopback, with or without STARTTLS, that keeps what it is given. The certificate guards nothing.
import { createServer } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';

const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWH2Ux8r9CeZHJppK
zwnAF2RQztzEGP8ht3eXsO+oWsuhRANCAAR8ML3NFctTxYCLAcmb4wkwnt6OVUw3
ozznJRuLOC0occ8Uu7sCEgLSKF1IqShCEtGCp2gGyRnx/q5qaEaqG2s6
-----END PRIVATE KEY-----
`;
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBbjCCAROgAwIBAgIBATAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxzaGFvZGFv
IHRlc3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBcxFTATBgNV
BAMMDHNoYW9kYW8gdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHwwvc0V
y1PFgIsByZvjCTCe3o5VTDejPOclG4s4LShxzxS7uwISAtIoXUipKEIS0YKnaAbJ
GfH+rmpoRqobazqjTjBMMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFM/5Ci11
qXpK+o610MdzbR1/DQ1kMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAKBggq
hkjOPQQDAgNJADBGAiEAnTNAxRIbBA8rFUslukSxXtxka+8RUDcBu8GwkiMsvsQC
IQCtjY2sbd7m2Dc2p2wVokQGMxMadcZh0Sztio/jjzTA4Q==
-----END CERTIFICATE-----
`;

/** Speaks to one client. Mails go to `kept`, the next `fail` of them to `refused`. */
function talk(socket, server, isEncrypted) {
  let rest = '', mail = {}, inData = false, inLogin = false;
  const say = line => socket.write(line + '\r\n');
  const login = word => {
    mail.auth = Buffer.from(word, 'base64').toString().split('\0').slice(1);
    say('235 welcome');
  };
  const hear = line => {
    if (inLogin) {
      inLogin = false;
      login(line);
      return;
    }
    if (inData) {
      if (line !== '.') mail.data += line.replace(/^\.\./, '.') + '\r\n';
      else {
        inData = false;
        const isRefused = server.fail > 0;
        server.fail -= isRefused;
        (isRefused ? server.refused : server.kept).push({ ...mail, isEncrypted });
        say(isRefused ? '451 busy, come again' : '250 taken');
      }
      return;
    }
    const word = line.split(/[ :]/)[0].toUpperCase();
    if (word === 'EHLO') say(server.tls && !isEncrypted ? '250-sink\r\n250 STARTTLS' : '250-sink\r\n250 AUTH PLAIN');
    else if (word === 'STARTTLS') {
      say('220 go on');
      socket.removeAllListeners('data');
      const safe = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext({ key: KEY, cert: CERTIFICATE }) });
      safe.on('error', () => {});
      talk(safe, server, true);
    } else if (word === 'AUTH') {
      inLogin = !line.split(' ')[2];
      if (inLogin) say('334 ');
      else login(line.split(' ')[2]);
    } else if (word === 'MAIL') {
      mail = { ...mail, from: /<(.*)>/.exec(line)[1], data: '' };
      say('250 ok');
    } else if (word === 'RCPT') {
      mail.to = /<(.*)>/.exec(line)[1];
      say('250 ok');
    } else if (word === 'DATA') {
      inData = true;
      say('354 go on');
    } else if (word === 'QUIT') {
      say('221 bye');
      socket.end();
    } else say(word === 'RSET' ? '250 ok' : '502 what?');
  };
  socket.on('error', () => {});
  socket.on('data', chunk => {
    rest += chunk;
    for (let at; (at = rest.indexOf('\r\n')) >= 0;) {
      const line = rest.slice(0, at);
      rest = rest.slice(at + 2);
      hear(line);
    }
  });
  return say;
}

export async function mailServer({ tls = false } = {}) {
  const server = { tls, kept: [], refused: [], fail: 0 };
  const listener = createServer(socket => talk(socket, server, false)('220 sink'));
  await new Promise(ok => listener.listen(0, '127.0.0.1', ok));
  server.port = listener.address().port;
  server.close = () => listener.close();
  return server;
}

/** Headers unfolded and decoded, and the text. */
export function readMail(raw) {
  const [head, body] = raw.split(/\r\n\r\n(.*)/s);
  const headers = {};
  for (const line of head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const [name, value] = line.split(/: (.*)/s);
    headers[name.toLowerCase()] = value.replace(/\?= =\?/g, '?==?').replace(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, b) => Buffer.from(b, 'base64').toString());
  }
  return { headers, text: Buffer.from(body, 'base64').toString().replace(/\r\n/g, '\n') };
}
