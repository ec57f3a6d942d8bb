// Makes tests/data/openbadges/vectors/javascript: what other people's implementations sign, for our tests to verify.
// The Ed25519 keys come from fixed seeds, so these files stay the same; the RSA key is made anew and thrown away.
import {mkdirSync, writeFileSync} from 'node:fs';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as jose from 'jose';
import * as vc from '@digitalbazaar/vc';
import {createCredential, createList} from '@digitalbazaar/vc-bitstring-status-list';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import jsonld from 'jsonld';
import {world} from './world.mjs';

const folder = new URL('../../tests/data/openbadges/vectors/javascript/', import.meta.url);
mkdirSync(folder, {recursive: true});
const write = (name, text) => writeFileSync(new URL(name, folder), text);
const writeJson = (name, value) => write(name, `${JSON.stringify(value, null, 2)}\n`);

const {documentLoader} = world({});
const CREATED = '2026-11-01T12:00:00Z';
const DID = 'did:web:other.example';
const LIST = 'https://other.example/status/1';

async function issuedBy(seed, issuer) {
  const bytes = new Uint8Array(32).fill(seed);
  const pair = await Ed25519Multikey.generate({seed: bytes});
  pair.controller = issuer ?? `did:key:${pair.publicKeyMultibase}`;
  pair.id = issuer ? `${issuer}#key-1` : `${pair.controller}#${pair.publicKeyMultibase}`;
  return {
    did: pair.controller,
    multikey: pair.publicKeyMultibase,
    sign: credential => vc.issue({
      credential, documentLoader, suite: new DataIntegrityProof({signer: pair.signer(), cryptosuite, date: CREATED})
    })
  };
}

const credential = issuer => ({
  '@context': [
    'https://www.w3.org/ns/credentials/v2',
    'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json',
    'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json'
  ],
  id: 'https://other.example/credentials/1',
  type: ['VerifiableCredential', 'OpenBadgeCredential'],
  name: 'Welding, level 2',
  issuer: {id: issuer, type: ['Profile'], name: 'Other platform', url: 'https://other.example'},
  validFrom: '2026-11-01T12:00:00Z',
  validUntil: '2029-11-01T12:00:00+01:00',
  credentialSubject: {
    id: 'urn:uuid:00000000-0000-7000-8000-000000000001',
    type: ['AchievementSubject'],
    identifier: [{
      type: 'IdentityObject', hashed: true, identityType: 'emailAddress', salt: 'Kosher',
      identityHash: 'sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399'
    }, {
      type: 'IdentityObject', hashed: false, identityType: 'name',
      identityHash: 'محمد “王小明” \\ \u{1f468}\u200d\u{1f469}\u2028\n\tLast'
    }],
    creditsEarned: 2.5,
    result: [{type: ['Result'], resultDescription: 'https://other.example/a/1#result', value: '92'}],
    achievement: {
      id: 'https://other.example/a/1',
      type: ['Achievement'],
      name: 'Welding, level 2',
      description: 'Joins steel.',
      criteria: {narrative: 'Pass the *test*.'},
      creditsAvailable: 3,
      tag: ['Steel', 'Safety'],
      alignment: [{type: ['Alignment'], targetName: 'Welding', targetUrl: 'https://skills.example/welding'}],
      resultDescription: [{
        id: 'https://other.example/a/1#result', type: ['ResultDescription'], name: 'Score', resultType: 'Percent'
      }]
    }
  },
  evidence: [{id: 'https://other.example/e/1', type: ['Evidence'], name: 'Photographs'}],
  credentialSchema: [{
    id: 'https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json',
    type: '1EdTechJsonSchemaValidator2019'
  }],
  credentialStatus: {
    id: `${LIST}#94567`, type: 'BitstringStatusListEntry', statusPurpose: 'revocation',
    statusListIndex: '94567', statusListCredential: LIST
  }
});

const platform = await issuedBy(1, DID);
const person = await issuedBy(2);
writeJson('credential.json', await platform.sign(credential(platform.did)));
writeJson('credential-did-key.json', await person.sign(credential(person.did)));

const endorsement = await person.sign({
  '@context': credential('')['@context'],
  id: 'https://other.example/endorsements/1',
  type: ['VerifiableCredential', 'EndorsementCredential'],
  name: 'Endorsement',
  issuer: {id: person.did, type: ['Profile'], name: 'A master'},
  validFrom: CREATED,
  credentialSubject: {
    id: 'https://other.example/a/1', type: ['EndorsementSubject'], endorsementComment: 'Well made.'
  }
});
writeJson('credential-endorsed.json', await platform.sign({...credential(platform.did), endorsement: [endorsement]}));

const list = await createList({length: 131072});
for(const index of [0, 94567, 131071]) {
  list.setStatus(index, true);
}
writeJson('status-list.json', await platform.sign({
  ...await createCredential({id: LIST, list, statusPurpose: 'revocation'}), issuer: platform.did, validFrom: CREATED
}));

const canonical = {algorithm: 'RDFC-1.0', format: 'application/n-quads', documentLoader, safe: true};
write('credential.nq', await jsonld.canonize(credential(platform.did), canonical));
write('credential-endorsed.nq', await jsonld.canonize({...credential(platform.did), endorsement: [endorsement]}, canonical));

const {publicKey, privateKey} = await jose.generateKeyPair('RS256');
const seconds = date => Date.parse(date) / 1000;
const {id, credentialSubject, validFrom, validUntil} = credential(platform.did);
write('credential.jwt', await new jose.SignJWT({
  ...credential(platform.did),
  iss: DID, jti: id, sub: credentialSubject.id, nbf: seconds(validFrom), exp: seconds(validUntil)
}).setProtectedHeader({alg: 'RS256', kid: `${DID}#rsa-1`, typ: 'JWT'}).sign(privateKey));

writeJson('keys.json', {
  [`${DID}#key-1`]: platform.multikey,
  [`${person.did}#${person.multikey}`]: person.multikey,
  [`${DID}#rsa-1`]: await jose.exportJWK(publicKey)
});
