package dev.iostream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.iostream.ReferenceTable.Classes;
import dev.iostream.ReferenceTable.Row;
import java.lang.reflect.Executable;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page on the API has all that the original has, and what it names exists and is tested. */
class ApiTableTest {
    /** The functions of the original, with their parameters, defaults and promises. */
    private static final List<String> PLAIN = ids("""
            new new.fd new.io_loop new.io_loop.default new.max_buffer_size new.max_buffer_size.default new.kwargs
            new.dns_timeout new.dns_timeout.default new.callbacks new.own_write_buffer new.write_limit new.non_blocking
            connect connect.host connect.port connect.family connect.family.default connect.callback connect.fail_callback
            connect.fail_callback.arguments connect.arg
            read_until read_until.delimiter read_until.binary read_until.no_pattern read_until.callback read_until.arg
            read_until_pattern read_until_pattern.pattern read_until_pattern.callback read_until_pattern.arg
            read_bytes read_bytes.num_bytes read_bytes.callback read_bytes.arg read_bytes.streaming_callback
            read_bytes.streaming_arg read_bytes.final_is_empty
            read_until_close read_until_close.callback read_until_close.callback.none read_until_close.arg
            read_until_close.streaming_callback read_until_close.streaming_arg read_until_close.final_chunk
            read_until_close.max_buffer_size
            write write.data write.callback write.callback.all_written write.callback.replaced write.arg
            write_buffer write_buffer.buf write_buffer.callback write_buffer.arg
            write_zero_copy write_zero_copy.buf write_zero_copy.buf.not_modified write_zero_copy.callback write_zero_copy.arg
            write_zero_copy.completes_first write_zero_copy.after_flush write_zero_copy.when write_zero_copy.error
            write_zero_copy.no_copy
            set_close_callback set_close_callback.callback set_close_callback.arg
            set_max_buffer_size set_max_buffer_size.sz set_max_buffer_size.not_checked set_max_buffer_size.next_breach
            close reading writing closed
            """);

    /** Those of the original's class for TLS. */
    private static final List<String> TLS = ids("""
            ssl.new ssl.new.fd ssl.new.ssl_options ssl.new.ssl_ctx ssl.new.type ssl.new.type.default ssl.new.io_loop
            ssl.new.io_loop.default ssl.new.max_buffer_size ssl.new.max_buffer_size.default ssl.new.client_context
            ssl.new.server_context ssl.inherits ssl.available
            ssl.connect ssl.connect.host ssl.connect.port ssl.connect.family ssl.connect.family.default ssl.connect.verify
            ssl.connect.verify.chain ssl.connect.verify.host ssl.connect.callback ssl.connect.errhandler
            ssl.connect.errhandler.arguments ssl.connect.arg ssl.connect.result
            """);

    private final ReferenceTable table = ReferenceTable.of("api.md");

    private static List<String> ids(String text) {
        return Arrays.asList(text.trim().split("\\s+"));
    }

    @Test
    void everythingOfTheOriginalIsThereOnce() {
        assertThat(table.ids())
                .containsExactlyElementsOf(
                        Stream.concat(PLAIN.stream(), TLS.stream()).toList());
    }

    @Test
    void everyRowNamesJavaAndATest() {
        for (Row row : table.rows()) {
            assertThat(row.cells()).as("cells of row %s", row.id()).hasSize(4);
            assertThat(row.cells().get(1)).as("row %s", row.id()).isNotBlank();
            assertThat(row.code(2)).as("Java of row %s", row.id()).isNotEmpty();
            assertThat(row.code(3)).as("tests of row %s", row.id()).isNotEmpty();
        }
    }

    @Test
    void everyMemberThatIsNamedExistsAndIsPublic() {
        for (Row row : table.rows()) {
            row.code(2).forEach(name -> assertExists(row, name));
        }
    }

    @Test
    void everyTestThatIsNamedExists() {
        for (Row row : table.rows()) {
            row.code(3).forEach(name -> ReferenceTable.assertIsATest(row, name));
        }
    }

    /** As {@code Type}, {@code Type(Parameter)}, {@code Type.CONSTANT}, {@code Type.method(Parameter, Parameter)}. */
    private static void assertExists(Row row, String name) {
        int parenthesis = name.indexOf('(');
        String path = parenthesis < 0 ? name : name.substring(0, parenthesis);
        String what = "row " + row.id() + ": " + name;
        if (Classes.OF_THE_LIBRARY.containsKey(path)) {
            Class<?> type = Classes.OF_THE_LIBRARY.get(path);
            assertThat(Modifier.isPublic(type.getModifiers())).as(what).isTrue();
            if (parenthesis >= 0) {
                assertThat(type.getConstructors()).as(what).anyMatch(each -> matches(each, name, parenthesis));
            }
            return;
        }
        int dot = path.lastIndexOf('.');
        Class<?> type = Classes.OF_THE_LIBRARY.get(dot < 0 ? path : path.substring(0, dot));
        assertThat(type).as(what).isNotNull();
        String member = path.substring(dot + 1);
        if (parenthesis < 0) {
            assertThat(type.getFields())
                    .as(what)
                    .anyMatch(field -> field.getName().equals(member));
        } else {
            assertThat(type.getMethods())
                    .as(what)
                    .anyMatch(each -> each.getName().equals(member) && matches(each, name, parenthesis));
        }
    }

    private static boolean matches(Executable member, String name, int parenthesis) {
        String parameters = Arrays.stream(member.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", "(", ")"));
        return parameters.equals(name.substring(parenthesis));
    }
}
