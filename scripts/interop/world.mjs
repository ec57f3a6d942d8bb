// What a verifier would fetch, from files; and no network, so that nothing else can be asked.
import {readFileSync} from 'node:fs';
import net from 'node:net';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';

net.Socket.prototype.connect = () => {
  throw new Error('There is no network here.');
};

const root = new URL('../../', import.meta.url);
const read = path => JSON.parse(readFileSync(new URL(path, root)));

const CONTEXTS = {
  'https://www.w3.org/ns/credentials/v2': 'credentials-v2.json',
  'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json': 'ob-v3p0-context-3.0.3.json',
  'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json': 'ob-v3p0-extensions.json',
  'https://w3id.org/security/data-integrity/v2': 'security-data-integrity-v2.json',
  'https://w3id.org/security/multikey/v1': 'security-multikey-v1.json'
};
const SCHEMA = 'https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json';

export const suite = () => new DataIntegrityProof({cryptosuite});

/** `pages`: what the issuer publishes, by address. Returns the loader and the `fetch` of this small world. */
export function world(pages) {
  const known = {...pages, [SCHEMA]: read('tests/data/openbadges/ob_v3p0_achievementcredential_schema.2026-07.json')};
  for(const [url, name] of Object.entries(CONTEXTS)) {
    known[url] = read(`certificates/openbadges/contexts/${name}`);
  }
  const documentOf = url => {
    const document = url.startsWith('did:web:') ? dereferenced(url, known) : known[url];
    if(!document) {
      throw new Error(`${url} is not in this world.`);
    }
    // Readers may change what they are given.
    return structuredClone(document);
  };
  return {
    documentLoader: async url => ({contextUrl: null, document: documentOf(url), documentUrl: url}),
    fetch: async request => {
      const url = new URL(request.url ?? request).href;
      return new Response(JSON.stringify(documentOf(url)), {headers: {'content-type': 'application/json'}});
    }
  };
}

function dereferenced(url, known) {
  const [did, fragment] = url.split('#');
  const didDocument = known[`https://${did.slice('did:web:'.length).replaceAll(':', '/')}/did.json`];
  if(!fragment || !didDocument) {
    return didDocument;
  }
  const method = didDocument.verificationMethod.find(({id}) => id === url);
  return method && {'@context': 'https://w3id.org/security/multikey/v1', ...method};
}
