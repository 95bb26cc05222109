// Reads every secret of SECRET_NAMES from the vault at KEYVAULT_URL. npm install @azure/identity @azure/keyvault-secrets
import { setTimeout as sleep } from "node:timers/promises";
import { DefaultAzureCredential, WorkloadIdentityCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";

const { KEYVAULT_URL, SECRET_NAMES, READ_WAIT_SECONDS = "600", READ_PAUSE_SECONDS = "10" } = process.env;

// A new role assignment needs up to 10 minutes until it acts, a new federated credential a few: no library waits for that.
const deadline = Date.now() + Number(READ_WAIT_SECONDS) * 1000;

// In a pod, name the one credential that is meant. The default chain tries others too: slower, and it may end at another identity.
const inAPod = "KUBERNETES_SERVICE_HOST" in process.env;
const client = new SecretClient(KEYVAULT_URL, inAPod ? new WorkloadIdentityCredential() : new DefaultAzureCredential());

async function read(name) {
  for (;;) {
    try {
      return await client.getSecret(name);
    } catch (error) {
      const refused = /Authentication/.test(error.name) || error.statusCode === 403;
      if (!refused || Date.now() >= deadline) throw new Error(`${name}: ${error.message}`);
      console.error(`${name}: asking again in ${READ_PAUSE_SECONDS} s: ${error.message}`);
    }
    await sleep(Number(READ_PAUSE_SECONDS) * 1000);
  }
}

try {
  for (const name of SECRET_NAMES.split(",")) {
    const { value, properties } = await read(name); // the value: use it here, keep it in memory, never print it
    console.log(`${name} version ${properties.version}: ${[...value].length} characters`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
