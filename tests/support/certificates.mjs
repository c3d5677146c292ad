// Certificates for as long as the tests run.
import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {temporaryFolder} from './node.mjs';

/** A CA, and a certificate that it signed for this machine and `names`: paths
 * of PEM files. `bundle` has the certificate and its key. */
export function makeCertificates(names = []) {
  const folder = temporaryFolder();
  const path = (name) => join(folder, name);
  const openssl = (...args) => execFileSync('openssl', args, {stdio: 'pipe'});
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const made = {ca: path('ca.crt'), certificate: path('node.crt'), key: path('node.key'),
    bundle: path('node.pem')};
  openssl('req', '-x509', ...key, '-days', '2', '-subj', '/CN=tests', '-keyout', path('ca.key'),
    '-out', made.ca);
  openssl('req', ...key, '-subj', '/CN=node', '-keyout', made.key, '-out', path('node.csr'));
  writeFileSync(path('names'), `subjectAltName=${
    ['IP:127.0.0.1', ...['localhost', ...names].map((name) => `DNS:${name}`)].join()}\n`);
  openssl('x509', '-req', '-days', '2', '-in', path('node.csr'), '-CA', made.ca, '-CAkey',
    path('ca.key'), '-CAcreateserial', '-extfile', path('names'), '-out', made.certificate);
  writeFileSync(made.bundle, readFileSync(made.certificate, 'utf8') + readFileSync(made.key, 'utf8'));
  return made;
}
