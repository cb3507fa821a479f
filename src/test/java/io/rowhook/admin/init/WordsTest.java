package io.rowhook.admin.init;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * English plurals of tables' names, against pairs as any grammar lists them; other languages stay.
 */
class WordsTest {

  /** Plural and singular. */
  private static final String PAIRS =
      """
      accounts account, addresses address, agencies agency, agents agent, agreements agreement, aliases alias,
      allowances allowance, amounts amount, analyses analysis, answers answer, apples apple, appointments appointment,
      areas area, articles article, assets asset, attachments attachment, attributes attribute, audits audit,
      authors author, axes axis, balances balance, banks bank, bases base, batches batch, benefits benefit, bills bill,
      bonuses bonus, bookings booking, books book, boxes box, branches branch, brands brand, brushes brush,
      budgets budget, buses bus, businesses business, buyers buyer, calls call, campaigns campaign, campuses campus,
      cases case, catalogues catalogue, categories category, causes cause, caches cache, censuses census,
      certificates certificate, channels channel, charges charge, children child, choices choice, churches church,
      cities city, claims claim, classes class, clauses clause, clients client, codes code, colours colour,
      companies company, consensuses consensus, contacts contact, contracts contract, copies copy, countries country,
      courses course, credits credit, crises crisis, criteria criterion, currencies currency, customers customer,
      cutlasses cutlass, databases database, dates date, days day, deals deal, deliveries delivery, deposits deposit,
      diagnoses diagnosis, diseases disease, dishes dish, documents document, drivers driver, duties duty,
      employees employee, enterprises enterprise, entries entry, exercises exercise, expenses expense, faces face,
      facilities facility, factories factory, fees fee, fields field, fixes fix, fleets fleet, franchises franchise,
      glasses glass, goods goods, groups group, guests guest, halves half, heroes hero, hotels hotel, houses house,
      hypotheses hypothesis, images image, indices index, indexes index, industries industry, inventories inventory,
      invoices invoice, issues issue, items item, journals journal, journeys journey, keys key, knives knife,
      languages language, leases lease, leaves leave, lenses lens, lessons lesson, licenses license, lines line,
      lives life, loaves loaf, loans loan, losses loss, lunches lunch, machines machine, matches match,
      matrices matrix, men man, messages message, movies movie, necklaces necklace, news news, notices notice,
      offers offer, offices office, orders order, parties party, patches patch, payments payment, people person,
      persons person, phases phase, phases phase, photos photo, pieces piece, policies policy, positions position,
      potatoes potato, premises premise, prices price, prizes prize, processes process, products product,
      projects project, promises promise, properties property, purchases purchase, quizzes quiz, quotes quote,
      rates rate, recipes recipe, releases release, responses response, routes route, sales sales, salaries salary,
      schedules schedule, series series, services service, shelves shelf, shoes shoe, sizes size, skies sky,
      sources source, spaces space, species species, statuses status, stimuli stimulus, stocks stock, stores store,
      supplies supply, switches switch, syllabi syllabus, taxes tax, teeth tooth, theses thesis, ties tie,
      tomatoes tomato, toys toy, universities university, uses use, values value, vans van, vertices vertex,
      vehicles vehicle, viruses virus, warehouses warehouse, watches watch, weeks week, wishes wish, wives wife,
      women woman, workforces workforce, bureaus bureau, payrolls payroll, echoes echo, feet foot, geese goose,
      mice mouse, oxen ox, data data, equipment equipment, information information, staff staff, stock stock,
      vetoes veto, wolves wolf, thieves thief, calves calf, cactuses cactus, gases gas, cheques cheque\
      """;

  @Test
  void pluralsOfEnglishAreUndone() {
    List<String> wrong = new ArrayList<>();
    String[] pairs = PAIRS.split(",\\s*", -1);
    for (String pair : pairs) {
      String[] words = pair.strip().split(" ", -1);
      if (!Words.singular(words[0]).equals(words[1])) {
        wrong.add(pair.strip() + ", not " + Words.singular(words[0]));
      }
      if (!Words.singular(words[1]).equals(words[1])) {
        wrong.add(words[1] + " is singular already, not " + Words.singular(words[1]));
      }
    }
    assertThat(pairs.length).isGreaterThan(200);
    assertThat(wrong).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kunden rechnungen auftraege artikel lieferanten mitarbeiter kurs status",
        "kunder ordrer fakturaer leverandoerer varer medarbejdere adresser hus",
        "clients commandes factures fournisseurs produits devis colis prix",
        "clientes pedidos facturas proveedores productos lunes articulos",
        "klanten bestellingen facturen leveranciers magazijnen huis"
      })
  void otherLanguagesAreLeftAsTheyAre(String tables) {
    List<String> all = List.of(tables.split(" ", -1));
    TableNames names =
        new TableNames(
            CatalogText.of(String.join("\n", all.stream().map(name -> name + ": id*").toList()))
                .tables());
    for (String name : all) {
      assertThat(names.entity(CatalogText.id(name)).toLowerCase(java.util.Locale.ROOT))
          .isEqualTo(name);
    }
  }
}
