import java.io.FileInputStream;
import java.io.InputStream;
import java.util.logging.LogManager;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Asks the veraPDF engine about files: FLAVOUR FILE... One line a file: verdict, tab, path, tab, first broken rule. */
public final class VeraCheck {
    private VeraCheck() {}

    public static void main(String[] arguments) {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        PDFAFlavour flavour = PDFAFlavour.fromString(arguments[0]);
        for (int at = 1; at < arguments.length; at++) {
            System.out.println(verdict(flavour, arguments[at]));
        }
    }

    private static String verdict(PDFAFlavour flavour, String path) {
        try (InputStream stream = new FileInputStream(path);
                PDFAParser parser = Foundries.defaultInstance().createParser(stream, flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            String why = result.getTestAssertions().stream().findFirst().map(VeraCheck::rule).orElse("");
            return (result.isCompliant() ? "valid" : "invalid") + "\t" + path + "\t" + why;
        } catch (Exception error) {
            return "broken\t" + path + "\t" + error;
        }
    }

    private static String rule(TestAssertion assertion) {
        return assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber()
                + " " + String.valueOf(assertion.getMessage()).replaceAll("\\s+", " ");
    }
}
