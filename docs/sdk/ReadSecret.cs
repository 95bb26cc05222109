// Reads every secret of SECRET_NAMES from the vault at KEYVAULT_URL. dotnet add package Azure.Identity, Azure.Security.KeyVault.Secrets
using System;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;

public static class Program
{
    // A new role assignment needs up to 10 minutes until it acts, a new federated credential a few: no library waits for that.
    private static readonly DateTime Deadline = DateTime.UtcNow + Seconds("READ_WAIT_SECONDS", "600");
    private static readonly TimeSpan Pause = Seconds("READ_PAUSE_SECONDS", "10");

    // In a pod, name the one credential that is meant. The default chain tries others too: slower, and it may end at another identity.
    private static TokenCredential Credential()
    {
        bool inAPod = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is not null;
        return inAPod ? new WorkloadIdentityCredential() : new DefaultAzureCredential();
    }

    private static async Task<KeyVaultSecret> Read(SecretClient client, string name)
    {
        while (true)
        {
            try
            {
                return await client.GetSecretAsync(name);
            }
            catch (Exception error) when (DateTime.UtcNow < Deadline
                && error is AuthenticationFailedException or RequestFailedException { Status: 403 })
            {
                Console.Error.WriteLine($"{name}: asking again in {Pause.TotalSeconds} s: {error.Message}");
            }
            await Task.Delay(Pause);
        }
    }

    private static TimeSpan Seconds(string variable, string otherwise) =>
        TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable(variable) ?? otherwise, CultureInfo.InvariantCulture));

    public static async Task Main()
    {
        var client = new SecretClient(new Uri(Environment.GetEnvironmentVariable("KEYVAULT_URL")!), Credential());
        foreach (string name in Environment.GetEnvironmentVariable("SECRET_NAMES")!.Split(','))
        {
            KeyVaultSecret secret = await Read(client, name);
            string value = secret.Value; // the value: use it here, keep it in memory, never print it
            Console.WriteLine($"{name} version {secret.Properties.Version}: {value.EnumerateRunes().Count()} characters");
        }
    }
}
