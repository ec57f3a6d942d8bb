// Our credentials in other people's hands: one line for each thing they were asked, and whether they said what they must.
import {readFileSync} from 'node:fs';
import * as jose from 'jose';
import {suite, world} from './world.mjs';

const ours = JSON.parse(readFileSync(0));
const {documentLoader, fetch} = world(ours.pages);
globalThis.fetch = fetch;
// Its validator has opinions on how 1EdTech wrote the schema.
console.warn = () => {};

// They keep a reference to `fetch` when they are loaded.
const vc = await import('@digitalbazaar/vc');
const {checkStatus} = await import('@digitalbazaar/vc-bitstring-status-list');
const {verifyCredential: verifyInWallet} = await import('@digitalcredentials/verifier-core');

const {valid, revoked, suspended, impostor} = ours.credentials;
const copyOf = (document, change) => {
  const copy = structuredClone(document);
  change(copy);
  return copy;
};
const renamed = copyOf(valid, copy => {
  copy.credentialSubject.achievement.name = 'Surgeon';
});
const unsignedTerm = copyOf(valid, copy => {
  copy.motto = 'Head of everything';
});

let failures = 0;
async function expect(peer, what, expected, ask) {
  let said;
  try {
    said = await ask();
  } catch(error) {
    said = `an error: ${error.message}`;
  }
  const agrees = said === expected;
  failures += agrees ? 0 : 1;
  console.log(`${agrees ? 'ok    ' : 'FAILED'}  ${peer}: ${what}: ${said}${agrees ? '' : `, not ${expected}`}`);
}

const reasonOf = error => (error.errors?.[0] ?? error.cause?.errors?.[0] ?? error).message ?? 'revoked';
const digitalbazaar = async credential => {
  const {verified, error} = await vc.verifyCredential({credential, suite: suite(), documentLoader, checkStatus});
  return verified ? 'verified' : reasonOf(error);
};
const bitOf = async (credential, loader = documentLoader) => {
  const {verified, results, error} = await checkStatus({credential, suite: suite(), documentLoader: loader});
  return verified ? String(results[0].status) : reasonOf(error);
};
const inWallet = async credential => {
  const {errors, log = [], additionalInformation = []} =
    await verifyInWallet({credential: structuredClone(credential), knownDIDRegistries: []});
  if(errors) {
    return errors[0].message;
  }
  const steps = log.filter(({id}) => id !== 'registered_issuer').map(({id, valid, error}) => `${id} ${error?.name ?? valid}`);
  const schemas = additionalInformation.flatMap(({results}) => results).map(({result}) => `schema ${result.valid}`);
  return [...steps, ...schemas].join(', ');
};

const DIGITALBAZAAR = '@digitalbazaar/vc';
await expect(DIGITALBAZAAR, 'our credential', 'verified', () => digitalbazaar(valid));
await expect(DIGITALBAZAAR, 'with a changed word', 'Invalid signature.', () => digitalbazaar(renamed));
await expect(DIGITALBAZAAR, 'with a word that nobody signed', 'Safe mode validation error.',
  () => digitalbazaar(unsignedTerm));
await expect(DIGITALBAZAAR, 'in another issuer’s name', 'Credential issuer must match the verification method controller.',
  () => digitalbazaar(impostor));

const STATUS_LIST = '@digitalbazaar/vc-bitstring-status-list';
await expect(STATUS_LIST, 'the bit of our credential', 'false', () => bitOf(valid));
await expect(STATUS_LIST, 'the bit of a revoked one', 'true', () => bitOf(revoked));
await expect(STATUS_LIST, 'the bit of a suspended one', 'true', () => bitOf(suspended));
const forged = structuredClone(ours.pages);
forged[revoked.credentialStatus.statusListCredential].credentialSubject.encodedList =
  forged[valid.credentialStatus.statusListCredential].credentialSubject.encodedList;
await expect(STATUS_LIST, 'our list with a cleared bit', 'Invalid signature.',
  () => bitOf(revoked, world(forged).documentLoader));

const WALLET = '@digitalcredentials/verifier-core';
const steps = status => `valid_signature true, revocation_status ${status}, expiration true, schema true`;
await expect(WALLET, 'our credential', steps(true), () => inWallet(valid));
await expect(WALLET, 'a revoked one', steps(false), () => inWallet(revoked));
await expect(WALLET, 'with a changed word', 'The signature is not valid.', () => inWallet(renamed));

const didDocument = Object.values(ours.pages)[0];
const jwk = didDocument.verificationMethod.find(({id}) => id.endsWith('#rsa-1')).publicKeyJwk;
const inJose = async text => {
  const {payload} = await jose.jwtVerify(text, await jose.importJWK(jwk), {
    algorithms: ['RS256'], issuer: valid.issuer.id, subject: valid.credentialSubject.id
  });
  return payload.credentialSubject.achievement.name;
};
await expect('jose', 'our JWT', 'Infection Control Practitioner', () => inJose(ours.jwt));
await expect('jose', 'with a changed word', 'an error: signature verification failed', () => {
  const [header, payload, signature] = ours.jwt.split('.');
  const text = Buffer.from(payload, 'base64url').toString().replace('Infection', 'Infiction');
  return inJose([header, Buffer.from(text).toString('base64url'), signature].join('.'));
});

console.log(failures ? `${failures} of our credentials were not taken as they should be.` : 'All agree.');
process.exitCode = failures ? 1 : 0;
