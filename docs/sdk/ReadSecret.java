import com.azure.core.credential.TokenCredential;
import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.HttpResponseException;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;
import com.azure.security.keyvault.secrets.models.KeyVaultSecret;

/** Reads every secret of SECRET_NAMES from the vault at KEYVAULT_URL. Maven: com.azure:azure-identity, azure-security-keyvault-secrets. */
public class ReadSecret {
    // A new role assignment needs up to 10 minutes until it acts, a new federated credential a few: no library waits for that.
    private static final long DEADLINE = System.currentTimeMillis() + seconds("READ_WAIT_SECONDS", "600");
    private static final long PAUSE = seconds("READ_PAUSE_SECONDS", "10");

    // In a pod, name the one credential that is meant. The default chain tries others too: slower, and it may end at another identity.
    private static TokenCredential credential() {
        boolean inAPod = System.getenv().containsKey("KUBERNETES_SERVICE_HOST");
        return inAPod ? new WorkloadIdentityCredentialBuilder().build() : new DefaultAzureCredentialBuilder().build();
    }

    private static KeyVaultSecret read(SecretClient client, String name) throws InterruptedException {
        while (true) {
            try {
                return client.getSecret(name);
            } catch (RuntimeException error) { // what Entra ID refuses may come with no type of its own
                boolean login = !(error instanceof HttpResponseException) || error instanceof ClientAuthenticationException;
                boolean refused = login || ((HttpResponseException) error).getResponse().getStatusCode() == 403;
                if (!refused || System.currentTimeMillis() >= DEADLINE) throw error;
                System.err.printf("%s: asking again in %.1f s: %s%n", name, PAUSE / 1000.0, error.getMessage());
            }
            Thread.sleep(PAUSE);
        }
    }

    private static long seconds(String variable, String otherwise) {
        return (long) (Double.parseDouble(System.getenv().getOrDefault(variable, otherwise)) * 1000);
    }

    public static void main(String[] args) throws InterruptedException {
        SecretClient client = new SecretClientBuilder().vaultUrl(System.getenv("KEYVAULT_URL")).credential(credential()).buildClient();
        for (String name : System.getenv("SECRET_NAMES").split(",")) {
            KeyVaultSecret secret = read(client, name);
            String value = secret.getValue(); // the value: use it here, keep it in memory, never print it
            int characters = value.codePointCount(0, value.length());
            System.out.printf("%s version %s: %d characters%n", name, secret.getProperties().getVersion(), characters);
        }
    }
}
