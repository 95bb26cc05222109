// Reads one secret as an application in JavaScript does: with Azure's libraries and the token of its pod. It prints
// the version of the secret, and no value.
//
//   node reader.mjs https://NAME.vault.azure.net/ SECRET [VERSION]
//
// https://learn.microsoft.com/javascript/api/@azure/identity/workloadidentitycredential
import { WorkloadIdentityCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";

const [vault, name, version] = process.argv.slice(2);
try {
  const client = new SecretClient(vault, new WorkloadIdentityCredential());
  const secret = await client.getSecret(name, { version });
  console.log(secret.properties.version);
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
}
